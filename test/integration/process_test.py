"""`helenus` as a process, without Cassandra: its words, its exit codes, and what it does to its files."""

import contextlib
import ctypes
import hashlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lab.node_log import wait_until
from programs import STEP_TIMEOUT, Daemon, Helenus, run_program
from service import Ports, ask, configure, free_port, free_ports, start, wait_until_ready
from terminal import has_echo, read_until, terminal

NOBODY = "127.0.0.1"  # no JMX there: what gets as far as a connection ends with 2
CERTIFICATES = "certificates and keys that can be used"


# --- The daemon's configuration and ports ----------------------------------------------------------------------------


def test_every_mistake_of_a_configuration_is_told_with_its_line(helenus: Helenus, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "# ${NOT_SET_IN_A_COMMENT}\n"
        "repairIntensity: 1.5\n"
        "segmentCountPerNod: 3\n"
        "persistenceStoragePath: ${HELENUS_TEST_NOT_SET}\n"
        "jmxAuth: {username: u, password: [s3cret]}\n"
        "server:\n"
        "  adminConnectors:\n"
        "    - port: 70000\n"
    )
    done = helenus.run("serve", str(file)).expect(64)
    assert not done.output
    lines = done.errors.splitlines()
    expected = [
        "2: repairIntensity: ", "3: segmentCountPerNod: ", "4: ${HELENUS_TEST_NOT_SET}: ", "5: jmxAuth.password: ",
        "8: server.adminConnectors[0].port: ",
    ]  # fmt: skip
    assert len(lines) == len(expected), done.errors
    for line, begin in zip(lines, expected, strict=True):
        assert line.startswith(f"{file}:{begin}"), done.errors
    assert "s3cret" not in done.errors


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: [\n", ":2: not YAML: "),
        ("- a\n", ":1: a block of keys and values is accepted"),
        ("\tx: 1\n", ":1: not YAML: "),
        (None, ": cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_configuration_is_told(helenus: Helenus, tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "wrong.yaml"
    if content is not None:
        file.write_text(content)
    assert f"{file}{said}" in helenus.run("serve", str(file)).expect(64).errors


@pytest.mark.parametrize("taken", [0, 1], ids=["application", "admin"])
@pytest.mark.parametrize("level", ["INFO", "OFF"])
def test_a_port_in_use_ends_it_with_a_sentence(
    helenus: Helenus, tmp_path: Path, ports: Ports, taken: int, level: str
) -> None:
    file = configure(tmp_path, ports, logging={"level": level})
    with socket.create_server(("127.0.0.1", ports[taken])):
        done = helenus.run("serve", str(file)).expect(1)
    (sentence,) = done.errors.splitlines()
    assert f"cannot listen on 127.0.0.1:{ports[taken]}" in sentence and "in use" in sentence
    assert ("a port cannot be opened" in done.output) == (level == "INFO")
    assert not (tmp_path / "state").exists()


def test_sigterm_drains_and_leaves_a_state_that_is_taken_up(
    helenus: Helenus, tmp_path: Path, ports: Ports
) -> None:
    file = configure(tmp_path, ports)
    for _ in range(2):
        daemon = start(helenus, file, ports)
        wait_until_ready(ports)
        assert ask(ports[0], "/cluster") == (200, "[]")
        assert daemon.stop() == 0
        assert "to=stopped" in daemon.log.read_text()
        assert sorted(path.name for path in (tmp_path / "state").iterdir()) == ["helenus.db"]


def test_a_command_tells_the_state_of_a_daemon(helenus: Helenus, tmp_path: Path, ports: Ports) -> None:
    port = str(ports[1])
    nobody = helenus.run("status", "127.0.0.1", port).expect(1)
    assert nobody.errors.count(f"127.0.0.1:{port}") == 1 and "Connection refused" in nobody.errors
    daemon = start(helenus, configure(tmp_path, ports), ports)
    told = helenus.run("status", "127.0.0.1", port, "--wait", "120").expect(0)
    assert json.loads(told.output)["state"] == "ready"
    daemon.stop()
    missing = tmp_path / "no folder"
    missing.write_text("")
    start(helenus, configure(tmp_path, ports, persistenceStoragePath=str(missing / "state")), ports)
    told = helenus.run("status", "127.0.0.1", port, "--wait", "1").expect(1)
    assert json.loads(told.output)["waiting_for"] == "storage", "what is missing is told"
    helenus.run("status", "127.0.0.1", "0").expect(64)


def test_cassandra_that_never_comes_is_waited_for_with_healthy_probes_and_little_to_say(
    helenus: Helenus, tmp_path: Path, ports: Ports
) -> None:
    """Hours of it, in virtual time: test/unit/app/startup_test.cc."""
    block = {"contactPoints": [{"host": NOBODY, "port": free_port()}], "sessionKeyspaceName": "reaper_db"}
    sidecar = {"datacenterAvailability": "SIDECAR", "storageType": "cassandra", "cassandra": block}
    # The address sanitizer keeps what was freed, 256 MB of it unless told otherwise.
    keep_little = ("env", "ASAN_OPTIONS=quarantine_size_mb=1:thread_local_quarantine_size_kb=64")
    daemon = start(helenus, configure(tmp_path, ports, **sidecar), ports, *keep_little)

    def used() -> tuple[int, int, int, int]:
        """File descriptors, threads, lines of the log, KiB of memory."""
        process = Path(f"/proc/{daemon.pid}")
        resident = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmRSS:"))
        return (
            len(list((process / "fd").iterdir())), len(list((process / "task").iterdir())),
            len(daemon.log.read_text().splitlines()), int(resident.split()[1]),
        )  # fmt: skip

    def tried(attempts: int) -> bool:
        for port in ports:
            for path in ("/healthcheck", "/livez", "/readyz", "/startupz"):
                assert ask(port, path)[0] == 200, path
        status = json.loads(ask(ports[0], "/status")[1])
        assert not status["ready"]
        return bool(status["attempt"] >= attempts)

    wait_until("the third attempt", lambda: tried(3), STEP_TIMEOUT)
    before = used()
    wait_until("six attempts more", lambda: tried(9), STEP_TIMEOUT)
    now = used()
    assert now[2] == before[2], daemon.log.read_text()
    # One that is under way may be there or not.
    assert now[0] <= before[0] + 3 and now[1] <= before[1] + 3, (before, now)
    print("KiB of memory before and after:", before[3], now[3])
    assert now[3] <= before[3] + 4096, (before, now)
    assert daemon.stop() == 0


@contextlib.contextmanager
def event_loop_blocked(pid: int) -> Iterator[None]:
    """The thread of the event loop stands still, as in a call that never returns; the other threads go on."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    seize, interrupt, detach = 0x4206, 0x4207, 17

    def trace(request: int) -> None:
        if libc.ptrace(request, pid, None, None) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")

    trace(seize)
    trace(interrupt)
    os.waitpid(pid, 0x40000000)  # __WALL: the thread, not the process
    try:
        yield
    finally:
        trace(detach)


def test_a_stuck_event_loop_fails_liveness_and_nothing_else_does(
    helenus: Helenus, tmp_path: Path, ports: Ports
) -> None:
    daemon = start(helenus, configure(tmp_path, ports), ports)
    wait_until_ready(ports)
    with event_loop_blocked(daemon.pid):
        for port in ports:
            with pytest.raises(TimeoutError):  # the default of a probe
                urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1)
    for port in ports:
        assert ask(port, "/livez?verbose") == (200, "[+]event_loop ok\nlivez check passed\n")
    assert daemon.stop() == 0


# --- State that can not be used --------------------------------------------------------------------------------------


class State:
    """A state file that helenus made, then damaged; and a helenus that is given it."""

    def __init__(self, file: Path, said: str, advice: str, wrapper: tuple[str, ...] = ()):
        self.file = file
        self.said = said  # both by the daemon and by the command
        self.advice = advice  # by the command
        self.wrapper = wrapper
        self._before = self._content()

    def check_unchanged(self) -> None:
        assert self._content() == self._before, "helenus changed what it could not use"

    def _content(self) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.file.parent.iterdir()}


@pytest.fixture
def state_file(helenus: Helenus, tmp_path: Path, ports: Ports) -> Path:
    """As the daemon leaves it."""
    daemon = start(helenus, configure(tmp_path, ports), ports)
    wait_until_ready(ports)
    assert daemon.stop() == 0
    return tmp_path / "state" / "helenus.db"


def make_read_only(file: Path) -> State:
    file.parent.chmod(0o555)
    file.chmod(0o444)
    # The administrator may write everywhere, unless that is taken away.
    wrapper = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    return State(file, "can not be written", "Name a --state file in a folder that can be written", wrapper)


def make_newer(file: Path) -> State:
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    return State(file, "has schema 999", "The file was left as it is")


def make_corrupt(file: Path) -> State:
    content = bytearray(file.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    file.write_bytes(content)
    return State(file, "keep a copy of the file", "The file was left as it is")


def make_garbage(file: Path) -> State:
    file.write_bytes(b"not a database at all\n" * 1000)
    return State(file, "keep a copy of the file", "The file was left as it is")


def make_foreign(file: Path) -> State:
    file.unlink()
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")
    database.close()
    return State(file, "is a database of another program", "The file was left as it is")


@pytest.fixture(params=[make_corrupt, make_garbage, make_newer, make_foreign, make_read_only],
                ids=["corrupt", "garbage", "newer", "foreign", "read-only"])  # fmt: skip
def unusable(request: pytest.FixtureRequest, state_file: Path) -> Iterator[State]:
    yield request.param(state_file)
    state_file.parent.chmod(0o755)


def check_not_ready(ports: Ports, said: str) -> None:
    """The process lives and says why it does nothing; every request that needs storage says it, too."""
    for port in ports:
        assert ask(port, "/healthcheck")[0] == 200
        assert ask(port, "/livez")[0] == 200
        assert ask(port, "/startupz")[0] == 200
        status, body = ask(port, "/readyz?verbose")
        assert status == 503 and "[-]start failed: " in body and said in body, body
    for path in ("/cluster", "/repair_run"):
        status, body = ask(ports[0], path)
        told: dict[str, Any] = json.loads(body)
        assert status == 503 and said in told["last_error"] and told["waiting_for"], body
    assert ask(ports[0], "/ping")[0] == 500


def test_a_daemon_with_state_that_it_cannot_use_serves_and_says_why(
    helenus: Helenus, tmp_path: Path, ports: Ports, unusable: State
) -> None:
    daemon = start(helenus, tmp_path / "helenus.yaml", ports, *unusable.wrapper)
    log = daemon.log
    wait_until("the first failure", lambda: unusable.said in log.read_text(), STEP_TIMEOUT, daemon.check_runs)
    check_not_ready(ports, unusable.said)
    assert "a step of the start failed step=\"open storage\"" in log.read_text()
    assert daemon.stop() == 0
    unusable.check_unchanged()


def test_a_command_with_state_that_it_cannot_use_ends_with_advice(helenus: Helenus, unusable: State) -> None:
    words = ["repair", NOBODY, "--jmx-port", "1", "--state", str(unusable.file), "--json"]
    done = helenus.run(*words, wrapper=unusable.wrapper).expect(2)
    (failure,) = [json.loads(line) for line in done.output.splitlines()]
    assert failure["event"] == "failed"
    assert unusable.said in failure["text"] and str(unusable.file) in failure["text"]
    assert failure["advice"].startswith(unusable.advice)
    unusable.check_unchanged()


def test_state_in_use_is_left_to_its_owner(helenus: Helenus, tmp_path: Path, ports: Ports) -> None:
    owner = start(helenus, configure(tmp_path, ports), ports)
    wait_until_ready(ports)
    state = tmp_path / "state" / "helenus.db"

    words = ["repair", NOBODY, "--jmx-port", "1", "--state", str(state), "--json"]
    failure = json.loads(helenus.run(*words).expect(2).output)
    assert f"pid {owner.pid}" in failure["text"] and "--state" in failure["advice"]

    others = free_ports()
    folder = tmp_path / "second"
    folder.mkdir()
    second_file = configure(folder, others, persistenceStoragePath=str(tmp_path / "state"))
    second = start(helenus, second_file, others)
    said = f"is open in another process (pid {owner.pid})"
    wait_until("the first failure", lambda: said in second.log.read_text(), STEP_TIMEOUT, second.check_runs)
    check_not_ready(others, said)
    assert ask(ports[0], "/cluster") == (200, "[]"), "the owner goes on"

    assert owner.stop() == 0
    wait_until_ready(others)
    assert second.stop() == 0


def test_a_folder_that_cannot_be_made_is_named(helenus: Helenus, tmp_path: Path, ports: Ports) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    file = configure(tmp_path, ports, persistenceStoragePath=str(blocked / "state"))
    daemon = start(helenus, file, ports)
    said = f"cannot make the folder {blocked / 'state'}"
    wait_until("the first failure", lambda: said in daemon.log.read_text(), STEP_TIMEOUT, daemon.check_runs)
    check_not_ready(ports, said)
    assert daemon.stop() == 0


# --- Secrets ---------------------------------------------------------------------------------------------------------


def with_login_from(folder: Path) -> dict[str, str]:
    """Variables of storage in a Cassandra that is not there, with a login that a mounted Secret holds."""
    return {
        "REAPER_STORAGE_TYPE": "cassandra",
        "REAPER_CASS_CONTACT_POINTS": f"{NOBODY}:1",
        "REAPER_CASS_AUTH_ENABLED": "true",
        "REAPER_CASS_AUTH_USERNAME_FILE": str(folder / "username"),
        "REAPER_CASS_AUTH_PASSWORD_FILE": str(folder / "password"),
        "REAPER_AUTH_ENABLED": "false",
    }


def test_a_secret_that_is_not_there_yet_is_named_and_waited_for(
    helenus: Helenus, tmp_path: Path, ports: Ports
) -> None:
    (tmp_path / "password").write_text("\n")
    variables = with_login_from(tmp_path) | {
        "REAPER_SERVER_APP_PORT": str(ports[0]),
        "REAPER_SERVER_ADMIN_PORT": str(ports[1]),
    }
    daemon = helenus.start("serve", environment=variables)

    def says(*words: str) -> bool:
        with contextlib.suppress(OSError):
            return all(word in ask(ports[1], "/status")[1] for word in words)
        return False

    def names(name: str) -> tuple[str, str]:
        return f"REAPER_CASS_AUTH_{name.upper()}_FILE", str(tmp_path / name)

    wait_until("both are named", lambda: says(*names("username"), *names("password")), STEP_TIMEOUT)
    check_not_ready(ports, names("username")[0])
    (tmp_path / "username").write_text("helenus")
    wait_until(
        "one is named", lambda: says(*names("password")) and not says(*names("username")), STEP_TIMEOUT
    )  # fmt: skip
    (tmp_path / "password").write_text("s3cret\n")
    wait_until("Cassandra is waited for", lambda: says(f"{NOBODY}:1") and not says(*names("password")), STEP_TIMEOUT)
    assert daemon.stop() == 0
    assert "s3cret" not in daemon.log.read_text()


def test_a_migration_waits_for_its_login_and_may_try_again(helenus: Helenus, tmp_path: Path) -> None:
    variables = with_login_from(tmp_path)
    (tmp_path / "username").write_text("")
    done = helenus.run("migrate", "--wait", "2", environment=variables).expect(1)
    assert "not migrated within" in done.output.splitlines()[-1]
    for name in ("username", "password"):
        assert f"REAPER_CASS_AUTH_{name.upper()}_FILE: the file '{tmp_path / name}'" in done.output
    migration = helenus.start("migrate", "--wait", "60", environment=variables)
    wait_until("it waits", lambda: "not yet: " in migration.log.read_text(), STEP_TIMEOUT)
    for name in ("username", "password"):
        (tmp_path / name).write_text("s3cret\n")
    wait_until("it tries", lambda: f"{NOBODY}:1" in migration.log.read_text(), STEP_TIMEOUT)
    migration.kill()
    assert "s3cret" not in migration.log.read_text()


@pytest.mark.parametrize("way", [Daemon.stop, Daemon.interrupt], ids=["SIGTERM", "SIGINT"])
def test_a_migration_that_is_interrupted_ends_with_a_code_of_its_own(
    helenus: Helenus, tmp_path: Path, way: Callable[[Daemon], object]
) -> None:
    (tmp_path / "username").write_text("helenus")
    (tmp_path / "password").write_text("s3cret")
    migration = helenus.start("migrate", environment=with_login_from(tmp_path))
    wait_until("it waits", lambda: "\n" in migration.log.read_text(), STEP_TIMEOUT)
    way(migration)
    assert migration.wait(STEP_TIMEOUT) == 130
    first = migration.log.read_text().splitlines()[0]
    assert re.fullmatch("not yet: .*, the last one in (9|10) min", first), "what it waits for when it is not told"


def test_a_password_that_it_encrypted_is_read_by_a_jdk(
    helenus: Helenus, tmp_path: Path, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    passphrase, password = "open sesame", "s3cret-of-Jmx"
    monkeypatch.setenv("HELENUS_TEST_PASSPHRASE", passphrase)
    cryptograph = {"type": "symmetric", "systemPropertySecret": "HELENUS_TEST_PASSPHRASE"}
    daemon = start(helenus, configure(tmp_path, ports, cryptograph=cryptograph), ports)
    wait_until_ready(ports)
    status, stored = ask(ports[0], f"/crypto/encrypt/{password}")
    assert status == 200 and password not in stored
    source = Path(__file__).parent / "java" / "Decrypt.java"
    read = run_program(Path("java"), str(source), passphrase, stored, timeout=STEP_TIMEOUT).expect(0)
    assert read.output == password
    assert daemon.stop() == 0


def make_store(file: Path, password: str) -> None:
    """A key store with a certificate of an authority, under this name at once."""
    for words in (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca",
        f"pkcs12 -export -in ca.crt -nokeys -passout pass:{password} -out new.p12",
    ):
        subprocess.run(["openssl", *words.split()], cwd=file.parent, check=True, capture_output=True)
    (file.parent / "new.p12").rename(file)


def wait_for_part(ports: Ports, part: str) -> None:
    def waits() -> bool:
        return json.loads(ask(ports[1], "/status")[1])["waiting_for"] == part

    wait_until(f"{part} is waited for", waits, STEP_TIMEOUT)


def test_a_key_store_with_another_password_is_named_and_waited_for(
    helenus: Helenus, tmp_path: Path, ports: Ports
) -> None:
    store = tmp_path / "truststore.p12"
    make_store(store, "another")
    block = {
        "contactPoints": [{"host": NOBODY, "port": 1}],
        "ssl": {"type": "default", "trustStorePath": str(store), "trustStorePassword": "s3cret"},
    }
    file = configure(tmp_path, ports, storageType="cassandra", cassandra=block)
    done = helenus.run("migrate", str(file), "--wait", "1").expect(1)
    assert str(store) in done.output and "password" in done.output
    daemon = start(helenus, file, ports)
    wait_for_part(ports, CERTIFICATES)
    check_not_ready(ports, str(store))
    make_store(store, "s3cret")
    wait_for_part(ports, "storage")
    assert daemon.stop() == 0
    assert "s3cret" not in daemon.log.read_text() + done.output + done.errors


def test_a_file_with_the_password_of_a_key_store_may_come_late(helenus: Helenus, tmp_path: Path, ports: Ports) -> None:
    store, secret = tmp_path / "truststore.p12", tmp_path / "password"
    make_store(store, "s3cret")
    block = {
        "contactPoints": [{"host": NOBODY, "port": 1}],
        "ssl": {"type": "default", "trustStorePath": str(store), "trustStorePasswordFile": str(secret)},
    }
    daemon = start(helenus, configure(tmp_path, ports, storageType="cassandra", cassandra=block), ports)
    wait_for_part(ports, CERTIFICATES)
    check_not_ready(ports, str(secret))
    secret.write_text("another\n")
    wait_until("the store is named", lambda: str(store) in ask(ports[1], "/status")[1], STEP_TIMEOUT)
    secret.write_text("s3cret\n")
    wait_for_part(ports, "storage")
    assert daemon.stop() == 0
    assert "s3cret" not in daemon.log.read_text()


def test_both_forms_of_a_secret_are_a_mistake(helenus: Helenus, tmp_path: Path) -> None:
    variables = with_login_from(tmp_path) | {"REAPER_CASS_AUTH_PASSWORD": "s3cret"}
    for command in ("serve", "migrate"):
        errors = helenus.run(command, environment=variables).expect(64).errors
        assert "REAPER_CASS_AUTH_PASSWORD_FILE: REAPER_CASS_AUTH_PASSWORD is set as well" in errors


def ask_for_password(helenus: Helenus, terminal_end: int) -> "subprocess.Popen[str]":
    command = [str(helenus.binary), "repair", NOBODY, "--jmx-port", "1", "--username", "ann", "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "HELENUS_JMX_PASSWORD"}
    return subprocess.Popen(
        command, stdin=terminal_end, stdout=subprocess.PIPE, stderr=terminal_end, env=environment, text=True,
        start_new_session=True,
    )  # fmt: skip


def test_a_password_is_asked_for_without_an_echo(helenus: Helenus) -> None:
    with terminal() as (person, end), ask_for_password(helenus, end) as process:
        os.close(end)
        try:
            shown = read_until(person, b"JMX password of ann: ")
            os.write(person, b"s3cret phrase\n")
            output, _ = process.communicate(timeout=STEP_TIMEOUT)
            shown += read_until(person, None)
        finally:
            process.kill()
    assert process.returncode == 2
    assert b"s3cret" not in shown and "s3cret" not in output


def test_a_prompt_that_is_interrupted_leaves_the_echo_on(helenus: Helenus) -> None:
    with terminal() as (person, end), ask_for_password(helenus, end) as process:
        try:
            read_until(person, b"JMX password of ann: ")
            assert not has_echo(end)
            process.send_signal(signal.SIGINT)
            assert process.wait(STEP_TIMEOUT) == -signal.SIGINT
            assert has_echo(end)
        finally:
            process.kill()
            os.close(end)


def test_a_password_without_a_terminal_must_be_given(helenus: Helenus) -> None:
    done = helenus.run("repair", NOBODY, "--username", "ann").expect(64)
    assert "--password-file" in done.errors and "HELENUS_JMX_PASSWORD" in done.errors
