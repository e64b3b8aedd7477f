"""The management seam over JMX, against each Cassandra line: a C++ test program beside a real cluster."""

import os
import subprocess
from collections.abc import Callable, Iterator

import pytest
from lab import Cluster, data
from lab.description import environment
from programs import RUN_TIMEOUT, find_program, run_program

PROGRAM = "management_integration_test"
TABLES = 6


@pytest.fixture(scope="module")
def keyspace(each_version: Cluster) -> Iterator[str]:
    """Tables with rows, so that a repair takes a moment; and a keyspace with one replica."""
    first = each_version.nodes[0]
    name = data.create_keyspace(each_version, "management")
    for number in range(TABLES):
        table = data.create_table(each_version, name, f"t{number}")
        data.write_rows(first, table, 100)
    single = data.create_keyspace(each_version, f"{name}_single", {"dc1": 1})
    data.create_table(each_version, single, "t0")
    yield name
    each_version.heal_if_hurt()
    data.execute(first, f"DROP KEYSPACE {name}")
    data.execute(first, f"DROP KEYSPACE {single}")


def variables(cluster: Cluster, keyspace: str = "") -> dict[str, str]:
    return environment(cluster) | {
        "HELENUS_TEST_PIDS": ",".join(str(node.pid) for node in cluster.nodes),
        "HELENUS_TEST_KEYSPACE": keyspace,
        "HELENUS_TEST_VERSION": cluster.server.version.release,
        "HELENUS_TEST_CLUSTER": cluster.options.name,
    }


def run_with_help(cluster: Cluster, tests: str, cry: str, help_it: Callable[[], None], keyspace: str = "") -> None:
    """Runs tests that need something done from outside when they say `cry`."""
    program = subprocess.Popen(
        [find_program(PROGRAM), f"--gtest_filter={tests}", "--gtest_also_run_disabled_tests"],
        env=os.environ | variables(cluster, keyspace),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    said = []
    for line in program.stdout:
        said.append(line)
        if line == f"{cry}\n":
            help_it()
    assert program.wait(60) == 0, "".join(said)
    assert f"{cry}\n" in said, "".join(said)


def test_the_seam_holds_on_each_version(each_version: Cluster, keyspace: str) -> None:
    run_program(find_program(PROGRAM), timeout=RUN_TIMEOUT, environment=variables(each_version, keyspace)).expect_tests()


def test_a_killed_coordinator_ends_its_commands(each_version: Cluster, keyspace: str) -> None:
    run_with_help(
        each_version, "restart_test.*", "killed", lambda: each_version.restart(each_version.nodes[0]), keyspace
    )
