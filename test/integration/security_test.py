"""Nodes that speak TLS, with those only who show a certificate, and ask for a password."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import StartCluster
from lab import Cluster, data
from lab.node_log import wait_until
from lab.options import JMX_PASSWORD, JMX_USER, STORE_PASSWORD
from programs import RUN_TIMEOUT, Helenus
from rotation_test import MountedSecret
from service import Answer, Service

ROWS = 200
FEW = ["--segments-per-node", "2"]


@pytest.fixture(scope="module")
def secured(start_cluster: StartCluster) -> Cluster:
    return start_cluster(data_centers={"dc1": 2}, jmx_auth=True, jmx_tls=True, jmx_client_certificate=True)


@pytest.fixture
def table(secured: Cluster, request: pytest.FixtureRequest) -> str:
    """Of a keyspace of the test's own; the last node misses half of the rows."""
    keyspace = data.create_keyspace(secured, request.node.name.removeprefix("test_")[:40])
    table = data.create_table(secured, keyspace)
    data.write_rows(secured.nodes[0], table, ROWS)
    data.take_out_of_step(secured, secured.nodes[-1], table, ROWS, first=ROWS)
    return table


@pytest.fixture
def login(tmp_path: Path) -> list[str]:
    file = tmp_path / "password"
    file.write_text(f"{JMX_PASSWORD}\n")
    return ["--username", JMX_USER, "--password-file", str(file)]


def authority(cluster: Cluster) -> str:
    return str(cluster.nodes[0].key_store.certificate)


def own_certificate(cluster: Cluster) -> str:
    return str(cluster.nodes[0].key_store.key_file())


def test_one_shot_repair(secured: Cluster, helenus: Helenus, table: str, login: list[str]) -> None:
    seed, keyspace = secured.nodes[0].address, table.partition(".")[0]
    files = ["--jmx-ca", authority(secured), "--jmx-certificate", own_certificate(secured)]
    helenus.run("repair", seed, "--keyspace", keyspace, *FEW, *files, *login, timeout=RUN_TIMEOUT).expect(0)
    assert data.rows_on(secured.nodes[-1], table) == 2 * ROWS


def test_daemon(secured: Cluster, helenus: Helenus, table: str, tmp_path: Path) -> None:
    tls = {"caFile": authority(secured), "certificateFile": own_certificate(secured)}
    login = {"username": JMX_USER, "password": JMX_PASSWORD}
    rest = Service(helenus, tmp_path, jmxTls=tls, jmxAuth=login).rest
    cluster_name = rest.register(secured.nodes[0].address)
    run = rest.start_run(cluster_name, table.partition(".")[0], segmentCountPerNode=2)
    wait_until("the run to be done", lambda: rest.is_done(run), RUN_TIMEOUT)
    assert data.rows_on(secured.nodes[-1], table) == 2 * ROWS


def test_daemon_with_the_options_of_a_jvm(
    secured: Cluster, helenus: Helenus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    options = ["-Xmx1G", "-Dssl.enable=true", *secured.nodes[0].key_store.tls_options()]
    monkeypatch.setenv("JAVA_OPTS", " ".join(options))
    service = Service(helenus, tmp_path, jmxAuth={"username": JMX_USER, "password": JMX_PASSWORD})
    service.rest.register(secured.nodes[0].address)
    assert STORE_PASSWORD not in service.daemon.log.read_text()


def test_certificates_and_passwords_of_stores_that_are_renewed_are_used_without_a_restart(
    secured: Cluster, helenus: Helenus, tmp_path: Path
) -> None:  # fmt: skip
    first, second = "first-password", "second-password"
    right, wrong = Path(authority(secured)).read_text(), Path("/etc/ssl/certs/ca-certificates.crt").read_text()
    secret = MountedSecret(tmp_path / "tls", ca=wrong, password=first)
    store = tmp_path / "store.p12"

    def put_store(password: str) -> None:
        source = ["-in", own_certificate(secured), "-passout", f"pass:{password}", "-out", str(tmp_path / "new.p12")]
        subprocess.run(["openssl", "pkcs12", "-export", *source], check=True, capture_output=True)
        (tmp_path / "new.p12").rename(store)

    put_store(first)
    files = {"caFile": "ca", "keyPasswordFile": "password"}
    tls = {key: secret.file(name) for key, name in files.items()} | {"certificateFile": str(store)}
    service = Service(helenus, tmp_path, jmxTls=tls, jmxAuth={"username": JMX_USER, "password": JMX_PASSWORD})

    def register() -> Answer:
        return service.rest.call("POST", "/cluster", seedHost=secured.nodes[0].address)

    assert register().status != 201, "the node is a stranger"
    put_store(second)
    secret.put(ca=right, password=first)
    assert register().status != 201, "the store has another password"
    assert service.rest.call("GET", "/cluster").json() == []
    secret.put(ca=right, password=second)
    wait_until("the renewed ones are used", lambda: register().status == 201, RUN_TIMEOUT)
    assert service.rest.call("GET", f"/cluster/{secured.options.name}/tables").status == 200
    service.daemon.check_runs()
    words = service.daemon.log.read_text()
    assert first not in words and second not in words


def test_credentials_of_a_registration(
    secured: Cluster, helenus: Helenus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    passphrase = "HELENUS_TEST_PASSPHRASE"
    monkeypatch.setenv(passphrase, "open sesame")
    tls = {"caFile": authority(secured), "certificateFile": own_certificate(secured)}
    cryptograph = {"type": "symmetric", "systemPropertySecret": passphrase}
    service = Service(helenus, tmp_path, jmxTls=tls, cryptograph=cryptograph)
    rest, name = service.rest, secured.options.name

    def register(password: str) -> Answer:
        seed = secured.nodes[0].address
        return rest.send_form("POST", "/cluster/auth", seedHost=seed, jmxUsername=JMX_USER, jmxPassword=password)

    def is_refused(answer: Answer) -> bool:
        return answer.status == 400 and "authentication" in answer.body.lower() and "guessed" not in answer.body

    assert is_refused(register("guessed"))
    assert rest.call("GET", "/cluster").json() == []
    assert register(JMX_PASSWORD).status == 201
    assert is_refused(register("guessed")), "an open connection of another registration proves nothing"
    cluster = rest.call("GET", f"/cluster/{name}").json()
    assert cluster["jmx_username"] == JMX_USER and cluster["jmx_password_is_set"]

    service.daemon.stop()
    service.start()
    assert rest.call("GET", f"/cluster/{name}/tables").status == 200, "the stored login is used"
    kept = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(JMX_PASSWORD.encode() in text for text in kept), "neither in the state nor in a log"

    service.daemon.stop()
    monkeypatch.delenv(passphrase)
    service.start()
    assert rest.call("GET", "/cluster").json() == [name]
    unreadable = rest.call("GET", f"/cluster/{name}/tables")
    assert unreadable.status == 500 and passphrase in unreadable.body


def test_daemon_waits_for_a_certificate_that_is_not_there_yet(
    secured: Cluster, helenus: Helenus, tmp_path: Path
) -> None:  # fmt: skip
    file = tmp_path / "authority.pem"
    rest = Service(helenus, tmp_path, get_ready=False, jmxTls={"caFile": str(file)}).rest
    wait_until("the file to be named", lambda: str(file) in rest.status(), RUN_TIMEOUT)
    file.write_text(Path(authority(secured)).read_text())
    wait_until("the daemon to be ready", rest.is_ready, RUN_TIMEOUT)


def test_what_is_missing_is_named(secured: Cluster, helenus: Helenus, login: list[str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("guessed\n")
    trust = ["--jmx-ca", authority(secured)]
    known = [*trust, "--jmx-certificate", own_certificate(secured)]

    def failure(*words: str) -> dict[str, Any]:
        command = ["repair", secured.nodes[0].address, "--keyspace", "no_such_shop", "--json"]
        done = helenus.run(*command, *words, timeout=RUN_TIMEOUT).expect(2)
        said: dict[str, Any] = json.loads(done.output.splitlines()[-1])
        assert "guessed" not in str(said)
        return said

    plain = failure(*login)
    assert "TLS" in plain["text"] and "--jmx-ca" in plain["advice"]
    unknown = failure("--jmx-tls", *login)
    assert "certificate" in unknown["text"] and "--jmx-ca" in unknown["advice"]
    bare = failure(*trust, *login)
    assert "certificate" in bare["text"] and "--jmx-certificate" in bare["advice"]
    for words in ([], ["--username", JMX_USER, "--password-file", str(wrong)]):
        stranger = failure(*known, *words)
        assert "authentication" in stranger["text"].lower() and "--password-file" in stranger["advice"]
    assert "no_such_shop" in failure(*known, *login)["text"], "only the keyspace is not there"


def test_files_that_cannot_be_used_are_named(helenus: Helenus, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    for words, named in [(["--jmx-ca", missing], missing), (["--jmx-key", missing], "--jmx-certificate")]:
        done = helenus.run("repair", "127.0.0.1", "--keyspace", "shop", *words).expect(64)
        assert named in done.errors and not done.output
