"""State in Cassandra: the contract of the storage seam on real nodes, and what `helenus migrate` does to a keyspace."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cassandra import ConsistencyLevel
from conftest import StateKeyspace
from lab import Cluster, Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, Finished, Helenus
from service import Service

TABLES = 26  # Reaper's and ours
QUORUM = ConsistencyLevel.QUORUM


def describe(node: Node, keyspace: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that matters of a keyspace's tables, columns and indexes."""
    what = {
        "columns": "table_name, column_name, type, kind, clustering_order, position",
        "tables": "table_name, default_time_to_live, gc_grace_seconds",
        "indexes": "table_name, index_name",
    }
    return {
        name: sorted(
            tuple(row)
            for row in data.execute(
                node, f"SELECT {columns} FROM system_schema.{name} WHERE keyspace_name = '{keyspace}'"
            )
        )
        for name, columns in what.items()
    }


def reaper_version(node: Node, keyspace: str) -> int:
    applied = data.execute(node, f"SELECT version FROM {keyspace}.schema_migration WHERE applied_successful = true")
    return max(int(row.version) for row in applied)


@pytest.fixture
def migrate(tmp_path: Path, state: StateKeyspace) -> list[str]:
    """The words of a migration of the test's keyspace."""
    file = tmp_path / "migrate.yaml"
    file.write_text(json.dumps(state.settings))
    return ["migrate", str(file), "--replication", "auto"]


def test_storage_in_cassandra_keeps_the_contract(cassandra: Cluster, run_beside: Callable[..., Finished]) -> None:
    ran = run_beside(cassandra, "storage_contract_test", "--gtest_filter=*/cassandra", timeout=RUN_TIMEOUT)
    ran.expect_tests()
    assert ran.output.count("[       OK ]") > 50


# The default version keeps the whole contract; 3.11 is too old for storage.
@pytest.mark.parametrize("each_version", ["4.1", "4.0"], indirect=True)
def test_storage_in_cassandra_4_keeps_what_conditions_decide(
    each_version: Cluster, run_beside: Callable[..., Finished]
) -> None:  # fmt: skip
    suites = [
        "lease_store_contract",
        "instance_store_contract",
        "segment_store_contract",
        "schedule_store_contract",
        "unfinished_run",
    ]
    wanted = ":".join(f"*{suite}.*/cassandra" for suite in suites)
    run_beside(each_version, "storage_contract_test", f"--gtest_filter={wanted}", timeout=RUN_TIMEOUT).expect_tests()
    data.execute(each_version.nodes[0], "DROP KEYSPACE storage_contract")


def test_migration_makes_a_keyspace_and_does_nothing_the_second_time(
    helenus: Helenus, nodes: list[Node], migrate: list[str], state: StateKeyspace
) -> None:
    planned = helenus.run(*migrate, "--dry-run", timeout=RUN_TIMEOUT).expect(0).output.splitlines()
    assert planned[0].startswith(f'CREATE KEYSPACE IF NOT EXISTS "{state.name}"') and "'dc1': '3'" in planned[0]
    first = helenus.run(*migrate, timeout=RUN_TIMEOUT).expect(0).output
    for statement in planned:
        assert statement.removesuffix(";") in first
    made = describe(nodes[0], state.name)
    assert len(made["tables"]) == TABLES and reaper_version(nodes[0], state.name) == 34
    again = helenus.run("schema-migration", migrate[1], timeout=RUN_TIMEOUT).expect(0).output
    assert again.splitlines() == [f"the schema of keyspace {state.name} is current"]
    assert describe(nodes[0], state.name) == made


def test_migration_waits_for_its_keyspace_and_says_so(
    helenus: Helenus, migrate: list[str], state: StateKeyspace
) -> None:
    late = helenus.run("migrate", migrate[1], "--wait", "10").expect(1).output  # a busy machine is slow to ask
    assert f"there is no keyspace {state.name}" in late and "not migrated within 10 s" in late


def test_migration_waits_for_cassandra_and_says_so(helenus: Helenus, tmp_path: Path) -> None:
    file = tmp_path / "nobody.yaml"
    points = [{"host": "127.0.0.1", "port": 1}]
    file.write_text(json.dumps({"storageType": "cassandra", "cassandra": {"contactPoints": points}}))
    late = helenus.run("migrate", str(file), "--wait", "2").expect(1).output
    assert "not migrated within 2 s" in late and "127.0.0.1" in late


def check_is_complete(helenus: Helenus, migrate: list[str], node: Node, keyspace: str) -> None:
    left = helenus.run(*migrate, "--dry-run", timeout=RUN_TIMEOUT).expect(0).output
    assert left == ""
    assert len(describe(node, keyspace)["tables"]) == TABLES and reaper_version(node, keyspace) == 34


def test_lock_of_a_dead_migration_is_taken_over_when_it_expires(
    helenus: Helenus, nodes: list[Node], migrate: list[str], state: StateKeyspace
) -> None:
    helenus.run(*migrate, timeout=RUN_TIMEOUT).expect(0)
    data.execute(nodes[0], f"DROP TABLE {state.name}.helenus_secret")
    data.execute(
        nodes[0],
        f"INSERT INTO {state.name}.helenus_lock (name, owner, holder) VALUES ('schema', uuid(), 'a dead one') "
        "IF NOT EXISTS USING TTL 20",
    )
    late = helenus.run(*migrate, timeout=RUN_TIMEOUT).expect(0).output
    told = re.findall(r"waiting for another migration, of a dead one: its lock expires in (\d+) s", late)
    left = [int(seconds) for seconds in told]
    assert len(left) >= 2 and left == sorted(set(left), reverse=True), late
    check_is_complete(helenus, migrate, nodes[0], state.name)


def test_three_migrations_at_once_and_a_daemon_make_one_schema(
    helenus: Helenus,
    nodes: list[Node],
    migrate: list[str],
    state: StateKeyspace,
    tmp_path: Path,
) -> None:
    service = Service(helenus, tmp_path, get_ready=False, schema="migrate", **state.settings)
    together = [helenus.start(*migrate) for _ in range(3)]
    for migration in together:
        assert migration.wait(RUN_TIMEOUT) == 0, migration.log.read_text()
    wait_until("the daemon is ready", service.rest.is_ready, RUN_TIMEOUT)
    assert service.daemon.stop() == 0
    check_is_complete(helenus, migrate, nodes[0], state.name)
    assert {str(describe(node, state.name)) for node in nodes} == {str(describe(nodes[0], state.name))}


# What Reaper's migrations 16 to 34 brought, undone from the current schema: its schema at version 15.
_TABLES_SINCE_15 = (
    "node_operations diagnostic_event_subscription node_metrics_v3 repair_run_by_cluster_v2 running_repairs "
    "percent_repaired_by_schedule helenus_lock helenus_schema_version helenus_cluster helenus_secret helenus_segment "
    "helenus_unit_by_keyspace helenus_unfinished_run"
)
_COLUMNS_SINCE_15 = {
    "cluster": "namespace properties state last_contact",
    "repair_run": "tables replicas adaptive_schedule host_id",
    "repair_unit_v1": "timeout subrange_incremental",
    "repair_schedule_v1": "adaptive percent_unrepaired_threshold last_run",
}


def test_keyspace_of_an_old_reaper_keeps_its_runs_in_spite_of_stale_heartbeats(
    helenus: Helenus, nodes: list[Node], migrate: list[str], state: StateKeyspace
) -> None:
    helenus.run(*migrate, timeout=RUN_TIMEOUT).expect(0)
    current = describe(nodes[0], state.name)
    run, unit, reaper = "11111111-0000-11e6-8000-000000000001", "11111111-0000-11e6-8000-000000000002", "11111111-0000-11e6-8000-000000000003"
    old = [
        "DROP INDEX {}.state2i",
        *(f"DROP TABLE {{}}.{table}" for table in _TABLES_SINCE_15.split()),
        *(f'ALTER TABLE {{}}.{table} DROP "{column}"' for table, columns in _COLUMNS_SINCE_15.items() for column in columns.split()),
        "ALTER TABLE {}.running_reapers WITH default_time_to_live = 0",
        "DELETE FROM {}.schema_migration WHERE applied_successful = true",
        "INSERT INTO {}.schema_migration (applied_successful, version) VALUES (true, 15)",
        f"INSERT INTO {{}}.repair_run_by_cluster (cluster_name, id) VALUES ('prod', {run})",
        "INSERT INTO {}.repair_run_by_cluster (cluster_name, id) VALUES ('prod', 11111111-0000-11e6-8000-000000000009)",
        f"INSERT INTO {{}}.repair_run (id, state, cluster_name, repair_unit_id, end_time) VALUES ({run}, 'PAUSED', 'prod', {unit}, 5000)",
        f"INSERT INTO {{}}.repair_unit_v1 (id, cluster_name, keyspace_name) VALUES ({unit}, 'prod', 'shop')",
        f"INSERT INTO {{}}.running_reapers (reaper_instance_id, reaper_instance_host) VALUES ({reaper}, '10.9.9.9')",
    ]
    with data.connect(nodes[0]) as session:
        for statement in old:
            session.execute(statement.format(state.name), timeout=RUN_TIMEOUT)

    helenus.run(*migrate, timeout=RUN_TIMEOUT).expect(0)
    assert describe(nodes[0], state.name) == current
    assert reaper_version(nodes[0], state.name) == 34
    indexed = data.execute(nodes[0], f"SELECT * FROM {state.name}.repair_run_by_cluster_v2", consistency=QUORUM)
    assert [(row.cluster_name, str(row.id), row.repair_run_state) for row in indexed] == [("prod", run, "PAUSED")]
    query = f"SELECT start_time, pause_time, end_time FROM {state.name}.repair_run WHERE id = {run}"
    times = data.execute(nodes[0], query, consistency=QUORUM)[0]
    assert times.start_time is not None and times.pause_time is not None and times.end_time is None
    units = data.execute(nodes[0], f"SELECT * FROM {state.name}.helenus_unit_by_keyspace", consistency=QUORUM)
    assert [(row.cluster_name, row.keyspace_name, str(row.unit_id)) for row in units] == [("prod", "shop", unit)]
    assert data.execute(nodes[0], f"SELECT * FROM {state.name}.running_reapers")


@pytest.mark.parametrize(
    ("there", "told"),
    [
        pytest.param(
            [
                "CREATE TABLE {}.schema_migration (applied_successful boolean, version int,"
                " PRIMARY KEY (applied_successful, version))",
                "INSERT INTO {}.schema_migration (applied_successful, version) VALUES (true, 14)",
            ],
            "Reaper's schema version 14: upgrade it with Reaper",
            id="too-old",
        ),
        pytest.param(
            ["CREATE TABLE {}.cluster (name uuid PRIMARY KEY)"],
            "cluster.name is a column of another kind or type (uuid)",
            id="foreign",
        ),
    ],
)
def test_tables_that_no_migration_can_use_are_refused_for_good_and_left_as_they_are(
    helenus: Helenus, nodes: list[Node], migrate: list[str], state: StateKeyspace, there: list[str], told: str
) -> None:
    copies = "{'class': 'NetworkTopologyStrategy', 'dc1': 3}"
    data.execute(nodes[0], f"CREATE KEYSPACE {state.name} WITH replication = {copies}")
    for statement in there:
        data.execute(nodes[0], statement.format(state.name), consistency=QUORUM)
    before = describe(nodes[0], state.name)
    assert told in helenus.run(*migrate, timeout=RUN_TIMEOUT).expect(65).output
    assert describe(nodes[0], state.name) == before


def test_newer_schema_is_refused_for_good(
    helenus: Helenus, nodes: list[Node], migrate: list[str], state: StateKeyspace, tmp_path: Path
) -> None:
    helenus.run(*migrate, timeout=RUN_TIMEOUT).expect(0)
    newer = f"INSERT INTO {state.name}.schema_migration (applied_successful, version) VALUES (true, 35)"
    data.execute(nodes[0], newer, consistency=QUORUM)
    refused = helenus.run(*migrate, timeout=RUN_TIMEOUT).expect(65).output
    assert "Reaper's schema version 35" in refused
    daemon = Service(helenus, tmp_path, get_ready=False, **state.settings)
    wait_until("the daemon says so", lambda: "Reaper's schema version 35" in daemon.rest.status(), RUN_TIMEOUT)
    status = json.loads(daemon.rest.status())
    assert status["waiting_for"] == "a Helenus as new as the schema of storage" and not status["ready"]
    assert daemon.rest.call("GET", "/healthcheck").status == 200
    assert daemon.rest.call("GET", "/cluster").status == 503
    assert daemon.daemon.stop() == 0
