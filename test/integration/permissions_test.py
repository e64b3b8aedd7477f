"""A role that may not do everything: the daemon and the migration say what is missing, and go on when it is granted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import StartCluster
from lab import Node, data
from lab.node_log import wait_until
from lab.options import CQL_PASSWORD, CQL_USER
from programs import RUN_TIMEOUT, Helenus
from service import Service

PASSWORD = "limitedpw"


@pytest.fixture(scope="module")
def guarded(start_cluster: StartCluster) -> Node:
    return start_cluster(data_centers={"dc1": 1}, cql_auth=True, name="guarded").nodes[0]


@pytest.fixture
def state(guarded: Node, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty keyspace, and a role of its name that may do nothing with it."""
    name = request.node.name.removeprefix("test_")[:40]
    replication = "{'class': 'NetworkTopologyStrategy', 'dc1': '1'}"
    data.execute(guarded, f"CREATE KEYSPACE {name} WITH replication = {replication}")
    data.execute(guarded, f"CREATE ROLE {name} WITH LOGIN = true AND PASSWORD = '{PASSWORD}'")
    yield name
    data.execute(guarded, f"DROP KEYSPACE {name}")
    data.execute(guarded, f"DROP ROLE {name}")


def settings(node: Node, keyspace: str, user: str, password: str = PASSWORD) -> dict[str, Any]:
    block = {
        "contactPoints": [{"host": node.address, "port": 9042}],
        "sessionKeyspaceName": keyspace,
        "authProvider": {"type": "plain-text", "username": user, "password": password},
        "requestOptionsFactory": {"requestTimeout": "30s"},
    }
    return {"storageType": "cassandra", "cassandra": block}


def test_daemon_names_the_permission_that_it_waits_for(
    guarded: Node, state: str, helenus: Helenus, tmp_path: Path
) -> None:  # fmt: skip
    file = tmp_path / "admin.yaml"
    file.write_text(json.dumps(settings(guarded, state, CQL_USER, CQL_PASSWORD)))
    helenus.run("migrate", str(file), timeout=RUN_TIMEOUT).expect(0)
    service = Service(helenus, tmp_path, get_ready=False, schema="wait", **settings(guarded, state, state))
    rest = service.rest

    def says(permission: str) -> bool:
        told = json.loads(rest.status() or "{}")
        refusal = f"User {state} has no {permission} permission on <table {state}."
        return refusal in (told.get("last_error") or "") and told["waiting_for"].startswith("a permission of the role")

    wait_until("the daemon says that it may not read", lambda: says("SELECT"), RUN_TIMEOUT)
    data.execute(guarded, f"GRANT SELECT ON KEYSPACE {state} TO {state}")
    wait_until("the daemon says that it may not write", lambda: says("MODIFY"), RUN_TIMEOUT)
    assert not rest.is_ready() and rest.call("GET", "/cluster").status == 503
    data.execute(guarded, f"GRANT MODIFY ON KEYSPACE {state} TO {state}")
    wait_until("the daemon is ready", rest.is_ready, RUN_TIMEOUT)
    assert rest.call("GET", "/cluster").json() == []
    assert PASSWORD not in service.daemon.log.read_text()


def test_daemon_waits_for_its_role(guarded: Node, state: str, helenus: Helenus, tmp_path: Path) -> None:
    file = tmp_path / "admin.yaml"
    file.write_text(json.dumps(settings(guarded, state, CQL_USER, CQL_PASSWORD)))
    helenus.run("migrate", str(file), timeout=RUN_TIMEOUT).expect(0)
    data.execute(guarded, f"DROP ROLE {state}")
    service = Service(helenus, tmp_path, get_ready=False, **settings(guarded, state, state))
    rest = service.rest

    def waiting_for() -> Any:
        return json.loads(rest.status() or "{}").get("waiting_for")

    role = "the role of Helenus in storage, or its password"
    wait_until("the daemon names its role", lambda: waiting_for() == role, RUN_TIMEOUT)
    assert rest.call("GET", "/healthcheck").status == 200 and rest.call("GET", "/cluster").status == 503
    data.execute(guarded, f"CREATE ROLE {state} WITH LOGIN = true AND PASSWORD = '{PASSWORD}'")
    permission = "a permission of the role of Helenus in storage"
    wait_until("the daemon names a permission", lambda: waiting_for() == permission, RUN_TIMEOUT)
    for granted in ("SELECT", "MODIFY"):
        data.execute(guarded, f"GRANT {granted} ON KEYSPACE {state} TO {state}")
    wait_until("the daemon is ready", rest.is_ready, RUN_TIMEOUT)
    assert service.daemon.stop() == 0 and PASSWORD not in service.daemon.log.read_text()


def test_migration_names_the_permission_that_it_waits_for(
    guarded: Node, state: str, helenus: Helenus, tmp_path: Path
) -> None:  # fmt: skip
    file = tmp_path / "limited.yaml"
    file.write_text(json.dumps(settings(guarded, state, state)))
    migration = helenus.start("migrate", str(file), "--wait", str(int(RUN_TIMEOUT)))
    refusal = f"has no CREATE permission on <all tables in {state}>"
    wait_until("it says that it may not make tables", lambda: refusal in migration.log.read_text(), RUN_TIMEOUT)
    said = migration.log.read_text()
    assert f'CREATE TABLE IF NOT EXISTS "{state}"' in said and "grant it to the role of Helenus" in said
    data.execute(guarded, f"GRANT CREATE ON KEYSPACE {state} TO {state}")
    assert migration.wait(RUN_TIMEOUT) == 0, migration.log.read_text()
    assert PASSWORD not in migration.log.read_text()
