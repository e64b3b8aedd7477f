"""The fixtures of the integration tests. README.md tells how to use them."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from container import Container
from lab import Cluster, ClusterOptions, Node, data, find_version
from lab.description import environment
from lab.versions import DEFAULT_VERSION
from programs import STEP_TIMEOUT, Daemon, Finished, Helenus, build_folder, find_program, run_program
from service import Ports, free_ports

StartCluster = Callable[..., Cluster]
RunProgram = Callable[..., Finished]
StartContainer = Callable[..., Daemon]

# The lines that are in use; HELENUS_TEST_VERSIONS="5.0,6.0" chooses others.
_VERSIONS = "5.0 4.1 4.0 3.11"
# Their locks, so that every way in is taken without a cluster more. Under TLS it is the JVM's own agent that answers,
# else Cassandra's server, which the lines have each their own of.
_SECURITY: dict[str, dict[str, Any]] = {
    "4.1": {"jmx_auth": True},
    "4.0": {"jmx_auth": True, "jmx_tls": True},
    "3.11": {"jmx_auth": True},
}


# Groups of tests that take long: begun first, so that at the end no process is alone at work.
_LONG = ("versions", "storage_test", "sidecar_test", "repair_test")


@pytest.hookimpl(wrapper=True)  # before xdist looks for the groups; after pytest, which mixes versions, has sorted
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What stays in one process when there are more (-n 3 --dist loadgroup): the tests of each version, because they
    share one cluster after another, and else the tests of a file."""

    def group(item: pytest.Item) -> str:
        versions = isinstance(item, pytest.Function) and "each_version" in item.fixturenames
        return "versions" if versions else item.path.stem

    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
    yield

    def place(item: pytest.Item) -> tuple[int, str]:
        version = item.callspec.params.get("each_version", "") if hasattr(item, "callspec") else ""
        return (_LONG.index(group(item)) if group(item) in _LONG else len(_LONG), version)

    items.sort(key=place)


def _say(text: str) -> None:
    print(f"lab: {text}", file=sys.__stderr__, flush=True)


@pytest.fixture(scope="session")
def _shared_cluster() -> Iterator[Cluster]:
    with Cluster(progress=_say) as cluster:
        yield cluster


@pytest.fixture
def cassandra(_shared_cluster: Cluster) -> Iterator[Cluster]:
    """Three nodes of the default version, shared by all tests of the session and healed after each."""
    yield _shared_cluster
    _shared_cluster.heal_if_hurt()


@pytest.fixture
def nodes(cassandra: Cluster) -> list[Node]:
    """The nodes of `cassandra`."""
    return cassandra.nodes


@pytest.fixture
def keyspace(request: pytest.FixtureRequest, cassandra: Cluster) -> Iterator[str]:
    """An empty keyspace of this test alone, every row on every node; dropped at the end."""
    name = re.sub(r"\W+", "_", request.node.name.lower())[:40].strip("_")
    yield data.create_keyspace(cassandra, name)
    cassandra.heal_if_hurt()
    data.execute(cassandra.nodes[0], f"DROP KEYSPACE IF EXISTS {name}")


@dataclass(frozen=True)
class StateKeyspace:
    """Where a daemon keeps its state in Cassandra."""

    name: str
    settings: dict[str, Any]  # of the daemon's YAML


@pytest.fixture
def state(request: pytest.FixtureRequest, cassandra: Cluster) -> Iterator[StateKeyspace]:
    """A keyspace for the state of Helenus, in the shared cluster. It does not exist yet; dropped at the end."""
    name = "state_" + re.sub(r"\W+", "_", request.node.name.lower())[:38].strip("_")
    drop = f"DROP KEYSPACE IF EXISTS {name}"
    data.execute(cassandra.nodes[0], drop)
    block = {
        "type": "basic",
        "contactPoints": [{"host": node.address, "port": 9042} for node in cassandra.nodes],
        "sessionKeyspaceName": name,
        "requestOptionsFactory": {"requestTimeout": "30s"},  # a busy machine is slow
    }
    yield StateKeyspace(name, {"storageType": "cassandra", "cassandra": block})
    cassandra.heal_if_hurt()
    data.execute(cassandra.nodes[0], drop)


@pytest.fixture(scope="module")
def start_cluster() -> Iterator[StartCluster]:
    """start_cluster(version="4.1", jmx_auth=True, ...): a cluster until the end of the module, the same for the same
    options. The options are those of lab.ClusterOptions."""
    clusters: dict[str, Cluster] = {}

    def start(**wishes: object) -> Cluster:
        options = ClusterOptions(**wishes)  # type: ignore[arg-type]
        if repr(options) not in clusters:
            clusters[repr(options)] = Cluster(options, progress=_say)
        return clusters[repr(options)]

    yield start
    for cluster in clusters.values():
        cluster.close()


@pytest.fixture(scope="session", params=re.split(r"[ ,]+", os.environ.get("HELENUS_TEST_VERSIONS") or _VERSIONS))
def each_version(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster of at least two nodes in dc1, which may ask for a JMX password and TLS. All tests that want it run for
    one Cassandra version, then for the next."""
    if find_version(request.param).release == DEFAULT_VERSION:
        cluster: Cluster = request.getfixturevalue("_shared_cluster")
        yield cluster
        cluster.heal_if_hurt()
        return
    # Of those with which a node may end in the middle of requests, more than half must be left.
    nodes = 2 if find_version(request.param).is_3 else 3
    options = ClusterOptions(version=request.param, data_centers={"dc1": nodes}, **_SECURITY.get(request.param, {}))
    with Cluster(options, progress=_say) as cluster:
        yield cluster


def _binary() -> Path:
    binary = Path(os.environ.get("HELENUS_BINARY") or build_folder() / "helenus").resolve()
    if not binary.exists():
        pytest.fail(f"{binary} is not there: build it, or set HELENUS_BINARY")
    return binary


@pytest.fixture(scope="session")
def container(tmp_path_factory: pytest.TempPathFactory) -> Container:
    """The container image with the daemon of this build, unpacked."""
    return Container(tmp_path_factory.mktemp("image"), _binary())


@pytest.fixture
def helenus(tmp_path: Path) -> Iterator[Helenus]:
    """The daemon: HELENUS_BINARY, or `helenus` in build/dev."""
    runner = Helenus(_binary(), tmp_path)
    yield runner
    runner.close()


@pytest.fixture
def ports() -> Ports:
    """Two ports that nobody uses: the daemon's application and admin port."""
    return free_ports()


@pytest.fixture
def start_container(container: Container, tmp_path: Path, ports: Ports) -> Iterator[StartContainer]:
    """start_container(VARIABLE="value", ...): what a runtime starts when nobody names a command, on `ports`."""
    started: list[Daemon] = []

    def start(**variables: str) -> Daemon:
        started.append(container.start(tmp_path / "helenus.log", ports, **variables))
        return started[-1]

    yield start
    for daemon in started:
        if daemon.is_running:
            daemon.kill()


@pytest.fixture
def run_beside() -> RunProgram:
    """run_beside(cluster, "jmx_integration_test", *words, timeout=600): runs a program of this build by its name, with
    HELENUS_TEST_NODES and the other variables of the lab."""

    def run(cluster: Cluster, name: str, *words: str, timeout: float = STEP_TIMEOUT) -> Finished:
        return run_program(find_program(name), *words, timeout=timeout, environment=environment(cluster))

    return run
