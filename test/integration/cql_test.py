"""CQL sessions with real clusters, and with rings that are too large to be real: a C++ test program beside each."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lab import Cluster, data
from lab.cache import REPOSITORY
from lab.description import environment
from lab.options import STORE_PASSWORD
from programs import RUN_TIMEOUT, find_program, run_program

PROGRAM = "cql_integration_test"


def run(cluster: Cluster, tests: str, settings: dict[str, str] | None = None) -> None:
    pids = ",".join(str(node.pid) for node in cluster.nodes)
    variables = environment(cluster) | {"HELENUS_TEST_PIDS": pids} | (settings or {})
    words = [f"--gtest_filter={tests}", "--gtest_also_run_disabled_tests"]
    run_program(find_program(PROGRAM), *words, timeout=RUN_TIMEOUT, environment=variables).expect_tests()


def test_sessions_with_each_version(each_version: Cluster) -> None:
    keyspace = data.create_keyspace(each_version, "cql_sessions")
    version = each_version.server.version
    tests = ["session_test.*", "consistency_test.*"]
    if not version.is_3 and version.line != "4.0":
        tests.append("client_list_test.*")
    try:
        run(each_version, ":".join(tests), {"HELENUS_TEST_KEYSPACE": keyspace})
    finally:
        for name in (keyspace, f"{keyspace}_far"):
            data.execute(each_version.nodes[0], f"DROP KEYSPACE IF EXISTS {name}")


def test_logins(start_cluster: Callable[..., Cluster]) -> None:
    locks = {"cql_auth": True, "cql_tls": True, "cql_client_certificate": True}
    cluster = start_cluster(data_centers={"dc1": 1}, name="locked", **locks)
    # The role that the tests log in with is made some time after the port opens.
    data.execute(cluster.nodes[0], "SELECT release_version FROM system.local")
    store = cluster.store
    assert store
    own = {"PEM": store.key_file(), "JKS": store.jks_file(cluster.server.java), "P12": store.keystore}
    certificates = {f"HELENUS_TEST_CQL_{kind}": str(file) for kind, file in own.items()}
    certificates |= {"HELENUS_TEST_CQL_CA": str(store.certificate), "HELENUS_TEST_CQL_STORE_PASSWORD": STORE_PASSWORD}
    run(cluster, "login_test.*", certificates)


FAULTS = [
    "what_was_acknowledged_survives_a_killed_node",
    "what_was_acknowledged_survives_a_node_that_is_stopped",
    "reads_are_answered_while_a_node_hangs",
    "no_answer_says_whether_a_write_may_have_happened",
    "closing_ends_what_is_under_way",
    "another_node_takes_the_place_of_the_only_one",
]


@pytest.fixture
def faults(cassandra: Cluster, keyspace: str) -> Iterator[str]:
    data.execute(cassandra.nodes[0], f"CREATE TABLE {keyspace}.faults (id int PRIMARY KEY)")
    yield keyspace


@pytest.mark.parametrize("scene", FAULTS)
def test_faults(cassandra: Cluster, faults: str, scene: str) -> None:
    run(cassandra, f"fault_test.DISABLED_{scene}", {"HELENUS_TEST_KEYSPACE": faults})


# 5.0 has all of them: test_faults.
@pytest.mark.parametrize("each_version", ["4.1", pytest.param("4.0", marks=pytest.mark.full)], indirect=True)
def test_faults_with_cassandra_4(each_version: Cluster) -> None:
    """Those that depend on how a node behaves, and not on what the driver does then."""
    name = data.create_keyspace(each_version, "cql_faults")
    data.execute(each_version.nodes[0], f"CREATE TABLE {name}.faults (id int PRIMARY KEY)")
    ending = [scene for scene in FAULTS if "survives" in scene]
    standing_still = [scene for scene in FAULTS if scene not in ending and "another_node" not in scene]
    try:
        for scenes in (standing_still, *([scene] for scene in ending)):
            tests = ":".join(f"fault_test.DISABLED_{scene}" for scene in scenes)
            run(each_version, tests, {"HELENUS_TEST_KEYSPACE": name})
            each_version.heal_if_hurt()
    finally:
        each_version.heal_if_hurt()
        data.execute(each_version.nodes[0], f"DROP KEYSPACE IF EXISTS {name}")


@dataclass
class FakeRing:
    """A ring that is not real."""

    process: subprocess.Popen[str]
    port: str

    def tell(self, command: str) -> None:
        assert self.process.stdin
        print(command, file=self.process.stdin, flush=True)


@contextlib.contextmanager
def fake_ring(*wishes: str) -> Iterator[FakeRing]:
    command = [sys.executable, str(REPOSITORY / "test/cassandra/fake/fake_ring.py"), "--nodes=20", *wishes]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as ring:
        try:
            assert ring.stdout
            yield FakeRing(ring, ring.stdout.readline().strip())
        finally:
            ring.kill()


def ring_words(scene: str) -> list[str]:
    return [f"--gtest_filter=ring_test.DISABLED_{scene}_*", "--gtest_also_run_disabled_tests"]


@pytest.mark.parametrize(
    ("scene", "wishes"),
    [
        ("large", ["--nodes=500"]),
        ("translated", ["--advertised=198.51"]),
        ("disagreement", ["--nodes=3", "--apart=1"]),
    ],
)
def test_fake_rings(scene: str, wishes: list[str]) -> None:
    with fake_ring(*wishes) as ring:
        settings = {"HELENUS_TEST_CQL_NODES": f"127.77.0.1:{ring.port}"}
        run_program(find_program(PROGRAM), *ring_words(scene), timeout=RUN_TIMEOUT, environment=settings).expect_tests()


def follow(command: list[str], node: str, told: Callable[[str], None]) -> None:
    """Runs a scene that tells, line by line, what shall happen beside it."""
    variables = os.environ | {"HELENUS_TEST_CQL_NODES": node}
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True, errors="replace") as program:
        limit = threading.Timer(RUN_TIMEOUT, program.kill)
        limit.start()
        try:
            assert program.stdout
            said = []
            for line in program.stdout:
                said.append(line)
                told(line.strip())
            words = "".join(said)
            assert program.wait(60) == 0 and "[  PASSED  ] 1 test" in words, words
        finally:
            limit.cancel()
            program.kill()


def test_a_data_center_that_goes_away() -> None:
    commands = []
    with fake_ring("--datacenters=2") as ring:

        def told(line: str) -> None:
            if line.startswith(("stop ", "start ")):
                ring.tell(line)
                commands.append(line)

        follow([str(find_program(PROGRAM)), *ring_words("datacenters")], f"127.77.0.1:{ring.port}", told)
    assert commands == ["stop dc1", "start dc1"]


def test_a_node_of_another_data_center_with_another_schema() -> None:
    """It is waited for while it is up, although nobody is connected to it; not when it hangs or is down."""
    with fake_ring("--nodes=4", "--datacenters=2", "--apart=1") as ring:

        def told(line: str) -> None:
            if line in ("hang dc2", "stop dc2"):
                ring.tell(line)

        follow([str(find_program(PROGRAM)), *ring_words("apart")], f"127.77.0.1:{ring.port}", told)


def test_a_contact_point_that_moved(tmp_path: Path) -> None:
    """All nodes come back at other addresses, as pods do, and only the name service knows."""
    hosts = tmp_path / "hosts"
    hosts.write_text("127.77.0.1 ring.test\n")
    # A name service of its own for the program, by a file that it alone sees as /etc/hosts.
    script = 'mount --bind "$0" /etc/hosts && exec "$@"'
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    command = [*unshare, "sh", "-c", script, str(hosts), str(find_program(PROGRAM)), *ring_words("moved")]
    moved = False
    with contextlib.ExitStack() as second, contextlib.ExitStack() as first:
        port = first.enter_context(fake_ring()).port

        def told(line: str) -> None:
            nonlocal moved
            if line == "connected":
                moved = True
                first.close()
                second.enter_context(fake_ring("--network=127.78", f"--port={port}"))
                hosts.write_text("127.78.0.1 ring.test\n")

        follow(command, f"ring.test:{port}", told)
    assert moved
