"""Secrets that change while the daemon runs: it goes on with the new ones, and says what it waits for until then."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lab.options
import pytest
from cassandra.protocol import OverloadedErrorMessage
from conftest import StartCluster
from lab import Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Helenus
from service import Rest, Service, ask

OLD, NEW = "old-password", "new-password-and-longer"


@pytest.fixture(scope="module")
def guarded(start_cluster: StartCluster) -> Node:
    locks = {"cql_auth": True, "cql_tls": True, "jmx_auth": True}
    return start_cluster(data_centers={"dc1": 1}, name="guarded", **locks).nodes[0]


class MountedSecret:
    """A Secret as the kubelet mounts it: links into a folder that is replaced as a whole."""

    def __init__(self, folder: Path, **values: str):
        self._folder = folder
        self._version = 0
        self.put(**values)

    def put(self, **values: str) -> None:
        self._version += 1
        content = self._folder / f"..{self._version}"
        content.mkdir(parents=True)
        for name, value in values.items():
            (content / name).write_text(value)
            with contextlib.suppress(FileExistsError):
                (self._folder / name).symlink_to(f"..data/{name}")
        (self._folder / "..new").symlink_to(content.name)
        (self._folder / "..new").rename(self._folder / "..data")

    def file(self, name: str) -> str:
        return str(self._folder / name)


@pytest.fixture
def role(guarded: Node, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the test's own, with the password OLD, and an empty keyspace of that name."""
    name = request.node.name.removeprefix("test_")[:40]
    replication = "{'class': 'NetworkTopologyStrategy', 'dc1': '1'}"
    data.execute(guarded, f"CREATE KEYSPACE {name} WITH replication = {replication}")
    data.execute(guarded, f"CREATE ROLE {name} WITH LOGIN = true AND SUPERUSER = true AND PASSWORD = '{OLD}'")
    yield name
    data.execute(guarded, f"DROP KEYSPACE {name}")
    data.execute(guarded, f"DROP ROLE {name}")


def settings(node: Node, role: str, secret: MountedSecret, **more: object) -> dict[str, Any]:
    block = {
        "contactPoints": [{"host": node.address, "port": 9042}],
        "sessionKeyspaceName": role,
        "authProvider": {"type": "plain-text", "username": role, "passwordFile": secret.file("password")},
        "requestOptionsFactory": {"requestTimeout": "30s"},
    }
    return {"storageType": "cassandra", "cassandra": block | more}


def start(helenus: Helenus, folder: Path, **more: object) -> Service:
    service = Service(helenus, folder, get_ready=False, **more)
    service.wait_until_ready(RUN_TIMEOUT)
    return service


def change_password(node: Node, role: str) -> None:
    """Cassandra 5.0 refuses that for a role whose password is younger than five seconds."""

    def is_changed() -> bool:
        try:
            data.execute(node, f"ALTER ROLE {role} WITH PASSWORD = '{NEW}'")
        except OverloadedErrorMessage:
            return False
        return True

    wait_until("Cassandra to change the password", is_changed, STEP_TIMEOUT)


def restart(node: Node) -> None:
    node.stop()
    node.launch()
    node.wait_for_cql()


def storage_answers(service: Service) -> bool:
    return ask(service.ports[0], "/ping")[0] == 204


@contextlib.contextmanager
def asked_all_the_time(rest: Rest) -> Iterator[list[str]]:
    """Reads from storage, one after the other; those that fail."""
    failed: list[str] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            answer = rest.call("GET", "/repair_run")
            if answer.status != 200:
                failed.append(answer.body)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield failed
    finally:
        over.set()
        reader.join()


def test_passwords_that_were_changed_are_used_without_a_restart(
    guarded: Node, role: str, helenus: Helenus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    cql = MountedSecret(tmp_path / "cql", password=OLD)
    jmx = MountedSecret(tmp_path / "jmx", password=lab.options.JMX_PASSWORD)
    monkeypatch.setenv("REAPER_JMX_AUTH_PASSWORD_FILE", jmx.file("password"))
    login = {"username": lab.options.JMX_USER, "password": "${REAPER_JMX_AUTH_PASSWORD}"}
    service = start(helenus, tmp_path, jmxAuth=login, **settings(guarded, role, cql))
    rest, log = service.rest, service.daemon.log
    rest.register(guarded.address)
    tables = f"/cluster/{guarded.options.name}/tables"
    assert rest.call("GET", tables).status == 200

    change_password(guarded, role)
    monkeypatch.setattr(lab.options, "JMX_PASSWORD", NEW)
    assert storage_answers(service), "an open connection goes on"
    restart(guarded)

    def says_why() -> bool:
        status, words = ask(service.ports[0], "/ping")
        return status == 500 and "password" in words

    wait_until("the daemon says that it may not log in", says_why, RUN_TIMEOUT)
    for port in service.ports:
        assert ask(port, "/healthcheck")[0] == 200
        assert ask(port, "/readyz")[0] == 200

    cql.put(password="")
    wait_until("half a secret is named", lambda: "logins cannot be used" in log.read_text(), RUN_TIMEOUT)
    cql.put(password=NEW)
    wait_until("storage answers", lambda: storage_answers(service), RUN_TIMEOUT)
    assert "authentication" in rest.call("GET", tables).body.lower()
    jmx.put(password=NEW)
    wait_until("the node answers", lambda: rest.call("GET", tables).status == 200, RUN_TIMEOUT)
    service.daemon.check_runs()
    for secret in (OLD, NEW):
        assert secret not in log.read_text()


def test_a_password_that_comes_before_its_role_is_changed_waits_for_it(
    guarded: Node, role: str, helenus: Helenus, tmp_path: Path
) -> None:  # fmt: skip
    secret = MountedSecret(tmp_path / "cql", password=OLD)
    service = start(helenus, tmp_path, **settings(guarded, role, secret))
    log = service.daemon.log
    with asked_all_the_time(service.rest) as failed:
        secret.put(password=NEW)
        wait_until("it waits for the role", lambda: "do not lead to storage (yet)" in log.read_text(), RUN_TIMEOUT)
        change_password(guarded, role)
        wait_until("the password is used", lambda: "reached with renewed logins" in log.read_text(), RUN_TIMEOUT)
    assert failed == []
    assert storage_answers(service)
    for password in (OLD, NEW):
        assert password not in log.read_text()


def test_certificates_that_were_renewed_are_used_without_a_restart(
    guarded: Node, role: str, helenus: Helenus, tmp_path: Path
) -> None:  # fmt: skip
    authority = guarded.key_store.certificate.read_text()
    other = Path("/etc/ssl/certs/ca-certificates.crt").read_text()
    assert authority not in other
    secret = MountedSecret(tmp_path / "tls", password=OLD, ca=authority)
    tls = {"type": "pem", "caFile": secret.file("ca")}
    service = start(helenus, tmp_path, **settings(guarded, role, secret, ssl=tls))
    log = service.daemon.log
    with asked_all_the_time(service.rest) as failed:
        secret.put(password=OLD, ca=authority[: len(authority) // 2])
        wait_until("half a file is named", lambda: "certificates cannot be used" in log.read_text(), RUN_TIMEOUT)
        secret.put(password=OLD, ca=other)
        wait_until("the node is a stranger", lambda: "do not lead to storage (yet)" in log.read_text(), RUN_TIMEOUT)
        secret.put(password=OLD, ca=other + authority)
        wait_until("the renewed ones are used", lambda: "reached with renewed logins" in log.read_text(), RUN_TIMEOUT)
    assert failed == []
    assert storage_answers(service)
