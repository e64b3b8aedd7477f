"""Clusters and words that nothing can be done with: each is refused with its reason, by the command and by the daemon.
No Cassandra: one JVM that looks like it."""

import json
import os
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake import fake_cluster
from programs import STEP_TIMEOUT, Helenus
from service import Answer, Ports, Rest, configure, start, wait_until_ready
from terminal import read_until, terminal

PASSWORD = "s3cret phrase"
BARE = "bare"  # a keyspace without a replica anywhere


@pytest.fixture(scope="module")
def seed() -> Iterator[str]:
    """A cluster with the keyspaces `shop`, RF 3, and `bare`."""
    with fake_cluster(nodes=3, listening=3, vnodes=2, keyspaces_without_replicas=(BARE,)) as cluster:
        yield cluster.seed


@pytest.fixture(scope="module")
def guarded_seed() -> Iterator[str]:
    with fake_cluster(nodes=1, listening=1, vnodes=1, password=PASSWORD) as cluster:
        yield cluster.seed


class Web(socketserver.BaseRequestHandler):
    """As web servers do with what is no request."""

    def handle(self) -> None:
        if self.request.recv(1024):
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


class Silent(socketserver.BaseRequestHandler):
    """As other web servers do: they wait for the rest of the line."""

    def handle(self) -> None:
        while self.request.recv(1024):
            pass


@pytest.fixture(params=[(Web, "HTTP"), (Silent, "waiting for the JRMP handshake")], ids=["web", "silent"])
def stranger(request: pytest.FixtureRequest) -> Iterator[tuple[int, str]]:
    """A port where something else than JMX listens, and what is said about it."""
    handler, said = request.param
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], said
        server.shutdown()
        thread.join()


Fail = Callable[..., Any]


@pytest.fixture
def fail(helenus: Helenus, tmp_path: Path) -> Fail:
    """fail(seed, "--table", "t"): what `helenus repair` says of why it could not start; nothing is kept by it."""

    def run(seed: str, *words: str) -> Any:
        state = tmp_path / "state.db"
        done = helenus.run("repair", seed, *words, "--state", str(state), "--json").expect(2)
        (failure,) = [json.loads(line) for line in done.output.splitlines()]
        assert failure["event"] == "failed" and failure["text"]
        return failure

    return run


@pytest.fixture
def rest(helenus: Helenus, tmp_path: Path, ports: Ports) -> Rest:
    start(helenus, configure(tmp_path, ports), ports)
    wait_until_ready(ports)
    return Rest(ports[0])


def add(rest: Rest, seed: str, **query: object) -> Answer:
    return rest.call("POST", "/cluster", seedHost=seed, **query)


def plan(rest: Rest, **query: object) -> Answer:
    return rest.call("POST", "/repair_run", clusterName="fake", owner="test", **query)


# --- What is not in the cluster --------------------------------------------------------------------------------------


def test_unknown_names_are_refused_by_the_command(fail: Fail, seed: str) -> None:
    assert "'no_shop'" in fail(seed, "--keyspace", "no_shop")["text"]
    assert "no_table" in fail(seed, "--keyspace", "shop", "--table", "t", "--table", "no_table")["text"]
    assert "no_center" in fail(seed, "--keyspace", "shop", "--datacenter", "no_center")["text"]


def test_unknown_names_are_refused_by_the_daemon(rest: Rest, seed: str) -> None:
    assert add(rest, seed).status == 201
    for query, named in (
        ({"keyspace": "no_shop"}, "no_shop"),
        ({"keyspace": "shop", "tables": "t,no_table"}, "no_table"),
        ({"keyspace": "shop", "datacenters": "no_center"}, "no_center"),
    ):
        refusal = plan(rest, **query)
        assert refusal.status == 404 and named in refusal.body, refusal
    assert rest.call("GET", "/repair_run").json() == []


def test_a_keyspace_on_no_node_is_refused_by_the_command_and_passed_over_without_a_name(
    helenus: Helenus, fail: Fail, seed: str
) -> None:
    failure = fail(seed, "--keyspace", BARE)
    assert BARE in failure["text"] and "replica" in failure["text"], failure
    done = helenus.run("repair", seed, "--segments-per-node", "1", "--json").expect(0)
    planned = json.loads(done.output.splitlines()[0])
    assert [run["keyspace"] for run in planned["runs"]] == ["shop"]


def test_a_keyspace_on_no_node_is_refused_by_the_daemon(rest: Rest, seed: str) -> None:
    assert add(rest, seed).status == 201
    refusal = plan(rest, keyspace=BARE)
    assert refusal.status == 400 and BARE in refusal.body and "replica" in refusal.body, refusal
    assert rest.call("GET", "/repair_run").json() == []


# --- What is no cluster ----------------------------------------------------------------------------------------------


def test_a_seed_that_is_not_jmx_is_refused_by_the_command(fail: Fail, stranger: tuple[int, str]) -> None:
    port, said = stranger
    failure = fail("127.0.0.1", "--jmx-port", str(port))
    assert said in failure["text"] and f"127.0.0.1:{port}" in failure["text"], failure
    assert f"127.0.0.1:{port}" in failure["advice"] and "JMX" in failure["advice"], failure


def test_a_seed_that_is_not_jmx_is_refused_by_the_daemon(rest: Rest, stranger: tuple[int, str]) -> None:
    port, said = stranger
    refusal = add(rest, "127.0.0.1", jmxPort=port)
    assert refusal.status == 400 and said in refusal.body, refusal
    assert rest.call("GET", "/cluster").json() == []


@pytest.mark.parametrize("version", ["2.2.19", "1.2.0", "not a version"])
def test_an_unsupported_version_is_refused(fail: Fail, rest: Rest, version: str) -> None:
    with fake_cluster(nodes=1, listening=1, vnodes=1, version=version) as old:
        assert version in fail(old.seed)["text"]
        refusal = add(rest, old.seed)
        assert refusal.status == 400 and version in refusal.body, refusal
        assert rest.call("GET", "/cluster").json() == []


def test_an_empty_ring_is_refused(fail: Fail, rest: Rest) -> None:
    with fake_cluster(nodes=1, listening=1, empty_ring=True) as young:
        assert "token" in fail(young.seed)["text"]
        refusal = add(rest, young.seed)
        assert refusal.status == 400 and "token" in refusal.body, refusal
        assert rest.call("GET", "/cluster").json() == []


# --- Passwords -------------------------------------------------------------------------------------------------------


def test_a_wrong_password_is_refused_by_the_command(fail: Fail, guarded_seed: str, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("guessed\n")
    for login in ([], ["--username", "cassandra", "--password-file", str(file)]):
        failure = fail(guarded_seed, *login)
        assert "authentication" in failure["text"].lower() and "--password-file" in failure["advice"]
        assert "guessed" not in str(failure)
    file.write_text(PASSWORD + "\n")
    right = fail(guarded_seed, "--username", "cassandra", "--password-file", str(file), "--keyspace", "no_shop")
    assert "no_shop" in right["text"], "the login was right, only the keyspace is not there"


def test_a_wrong_password_is_refused_by_the_daemon(
    helenus: Helenus, tmp_path: Path, ports: Ports, guarded_seed: str
) -> None:
    for password, status in (("guessed", 400), (PASSWORD, 201)):
        file = configure(tmp_path, ports, jmxAuth={"username": "cassandra", "password": password})
        daemon = start(helenus, file, ports)
        wait_until_ready(ports)
        answer = add(Rest(ports[0]), guarded_seed)
        assert answer.status == status, answer
        if status != 201:
            assert "authentication" in answer.body.lower(), answer
        assert daemon.stop() == 0
        for secret in ("guessed", PASSWORD):
            assert secret not in answer.body + daemon.log.read_text()


# --- On a terminal ---------------------------------------------------------------------------------------------------


def show_repair(helenus: Helenus, seed: str, columns: int, **environment: str) -> str:
    """What a terminal shows of a repair that takes a second or two."""
    command = [str(helenus.binary), "repair", seed, "--keyspace", "shop", "--segments-per-node", "8"]
    with terminal(columns) as (person, end):
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=end, stderr=end,
            env=os.environ | {"TERM": "xterm-256color"} | environment,
        ) as process:  # fmt: skip
            os.close(end)
            shown = read_until(person, None).decode()
            assert process.wait(STEP_TIMEOUT) == 0, shown
    return shown


@pytest.fixture(scope="module")
def slow_seed() -> Iterator[str]:
    with fake_cluster(nodes=3, listening=3, vnodes=2, repair_ms=100) as cluster:
        yield cluster.seed


@pytest.mark.parametrize("columns", [30, 80, 200])
def test_a_terminal_shows_one_line_that_moves_and_never_wraps(helenus: Helenus, slow_seed: str, columns: int) -> None:
    shown = show_repair(helenus, slow_seed, columns, NO_COLOR="1")
    frames = [frame for frame in shown.split("\r\x1b[K")[1:] if "segments" in frame and "\n" not in frame]
    assert len(frames) >= 3, shown
    assert all(len(frame) < columns for frame in frames), frames
    assert len(set(frames)) >= 2, frames
    if columns >= 80:
        assert any("█" in frame for frame in frames) and any("ETA" in frame for frame in frames), frames
    assert "\x1b[3" not in shown, "there is no colour to switch off"
    last = shown.rstrip().splitlines()[-1]
    assert last.split("\x1b[K")[-1].startswith("Done: "), shown


def test_a_terminal_that_cannot_erase_gets_plain_lines(helenus: Helenus, slow_seed: str) -> None:
    shown = show_repair(helenus, slow_seed, 80, TERM="dumb")
    assert "\x1b" not in shown and "█" not in shown
    assert "Done: " in shown
