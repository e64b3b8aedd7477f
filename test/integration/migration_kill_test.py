"""`helenus migrate` is killed after every single statement and at random, on one real node, and always gone on with; told to
end, it gives its locks back."""

import contextlib
import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from cassandra import InvalidRequest, WriteTimeout
from conftest import StartCluster
from lab import Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Helenus
from storage_test import TABLES, describe, reaper_version

CALM, HURT, SHOT, TOLD = "state_calm", "state_hurt", "state_shot", "state_told"  # keyspaces
INTERRUPTED = 130


@pytest.fixture(scope="module")
def node(start_cluster: StartCluster) -> Node:
    return start_cluster(data_centers={"dc1": 1}).nodes[0]


def command(folder: Path, node: Node, keyspace: str) -> list[str]:
    file = folder / f"{keyspace}.yaml"
    block = {"contactPoints": [{"host": node.address, "port": 9042}], "sessionKeyspaceName": keyspace}
    file.write_text(json.dumps({"storageType": "cassandra", "cassandra": block}))
    return ["migrate", str(file), "--replication", "dc1:1"]


def statements_done(lines: list[str]) -> list[str]:
    return [before.strip() for before, after in zip(lines, lines[1:], strict=False) if after.strip() == "done"]


def run_until_something_new_is_done(
    words: list[str], known: set[str], end: signal.Signals = signal.SIGKILL
) -> tuple[int, list[str]]:
    """Ends it when a statement is done that is not among those known. Its exit code, and what was done."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, bufsize=1) as migration:
        assert migration.stdout
        lines: list[str] = []
        for line in migration.stdout:
            lines.append(line)
            if line.strip() == "done" and lines[-2].strip() not in known:
                migration.send_signal(end)
                break
        lines += migration.stdout.readlines()  # what it still did
        return migration.wait(RUN_TIMEOUT), statements_done(lines)


def release_locks(node: Node, keyspace: str) -> None:
    """Of the dead, as they expire by themselves after 20 seconds."""
    wait_until("the locks to be free", lambda: are_released(node, keyspace), STEP_TIMEOUT)


def are_released(node: Node, keyspace: str) -> bool:
    """Not while Cassandra still makes a table that it tells of already, or ends what it was asked for, since whoever asked was
    killed."""
    tables = data.execute(node, f"SELECT table_name FROM system_schema.tables WHERE keyspace_name = '{keyspace}'")
    for table, key in (("helenus_lock", "name = 'schema'"), ("schema_migration_leader", "keyspace_name = '%s'")):
        if table in {row.table_name for row in tables}:
            row = key.replace("%s", keyspace)
            try:
                data.execute(node, f"DELETE FROM {keyspace}.{table} WHERE {row} IF EXISTS")
            except (InvalidRequest, WriteTimeout):
                return False
    return True


def held_locks(node: Node, keyspace: str) -> list[str]:
    """The tables of those."""
    tables = data.execute(node, f"SELECT table_name FROM system_schema.tables WHERE keyspace_name = '{keyspace}'")
    locks = {"helenus_lock", "schema_migration_leader"} & {row.table_name for row in tables}
    return [table for table in sorted(locks) if data.execute(node, f"SELECT * FROM {keyspace}.{table}")]


def check_is_as_if_nothing_happened(node: Node, helenus: Helenus, folder: Path, keyspace: str) -> None:
    assert describe(node, keyspace) == describe(node, CALM)
    assert len(describe(node, keyspace)["tables"]) == TABLES and reaper_version(node, keyspace) == 34
    left = helenus.run(*command(folder, node, keyspace), "--dry-run", timeout=RUN_TIMEOUT).expect(0).output
    assert left == ""


def test_every_statement_may_be_the_last_of_a_migration(node: Node, helenus: Helenus, tmp_path: Path) -> None:
    helenus.run(*command(tmp_path, node, CALM), timeout=RUN_TIMEOUT).expect(0)
    words = ["setpriv", "--pdeathsig=KILL", str(helenus.binary), *command(tmp_path, node, HURT)]
    known: set[str] = set()
    last_done: set[str] = set()  # of a life
    lives = 0
    deadline = time.monotonic() + RUN_TIMEOUT
    while True:
        code, done = run_until_something_new_is_done(words, known)
        lives += 1
        known |= set(done)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        last_done.add(done[-1])
        release_locks(node, HURT)
        assert time.monotonic() < deadline, f"{lives} lives were not enough"
    print(f"{lives} lives; {len(last_done)} of {len(known)} statements were the last of one")
    assert len(last_done) > len(known) / 2, "it was killed too late"
    check_is_as_if_nothing_happened(node, helenus, tmp_path, HURT)


def test_a_migration_that_is_told_to_end_gives_its_locks_back(node: Node, helenus: Helenus, tmp_path: Path) -> None:
    """Who comes next need not wait until they expire."""
    helenus.run(*command(tmp_path, node, CALM), timeout=RUN_TIMEOUT).expect(0)
    words = ["setpriv", "--pdeathsig=KILL", str(helenus.binary), *command(tmp_path, node, TOLD)]
    known: set[str] = set()
    lives = 0
    code = INTERRUPTED
    while code == INTERRUPTED:
        assert held_locks(node, TOLD) == []
        code, done = run_until_something_new_is_done(words, known, signal.SIGTERM)
        lives += 1
        known |= set(done)
    assert code == 0 and lives > len(known) / 4
    check_is_as_if_nothing_happened(node, helenus, tmp_path, TOLD)


def test_a_migration_may_be_killed_at_any_time(node: Node, helenus: Helenus, tmp_path: Path) -> None:
    helenus.run(*command(tmp_path, node, CALM), timeout=RUN_TIMEOUT).expect(0)
    seed = time.time_ns() % 1_000_000
    chance = random.Random(seed)
    lives = 0
    deadline = time.monotonic() + RUN_TIMEOUT
    code = None
    while code is None:
        migration = helenus.start(*command(tmp_path, node, SHOT))
        lives += 1
        with contextlib.suppress(TimeoutError):  # it is killed then
            code = migration.wait(chance.uniform(0.1, (1 + lives) / 2.5))  # the first is too short for all of it
        release_locks(node, SHOT)
        assert time.monotonic() < deadline, f"{lives} lives were not enough (seed {seed})"
    print(f"{lives} lives (seed {seed})")
    assert code == 0 and lives > 1
    check_is_as_if_nothing_happened(node, helenus, tmp_path, SHOT)
