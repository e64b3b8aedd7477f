"""What k8ssandra-operator asks of the container that it runs as Reaper: its arguments and variables, its probe, its calls.
docs/operating/integrating-an-operator.md has the list."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import StateKeyspace
from container import Container
from fake import fake_cluster
from lab import Cluster, Node, data
from lab.node_log import wait_until
from programs import Daemon
from service import STEP_TIMEOUT, Ports, Rest, ask

MIGRATION_TIMEOUT = 240.0  # seconds; a busy machine is slow
USER, PASSWORD = "shop-reaper-ui", "it's: 100% \"secret\""
# As it writes them, in whatever order.
ALWAYS = {
    "REAPER_ENABLE_DYNAMIC_SEED_LIST": "false",
    "REAPER_DATACENTER_AVAILABILITY": "ALL",
    "REAPER_HEAP_SIZE": "2147483648",
    "REAPER_AUTH_ENABLED": "true",
    "REAPER_AUTH_USER": USER,
    "REAPER_AUTH_PASSWORD": PASSWORD,
}
LOCAL = ALWAYS | {"REAPER_STORAGE_TYPE": "memory", "REAPER_SKIP_SCHEMA_MIGRATION": "true"}
IN_CASSANDRA = ALWAYS | {
    "REAPER_STORAGE_TYPE": "cassandra",
    "REAPER_CASS_LOCAL_DC": "dc1",
    "REAPER_CASS_KEYSPACE": "reaper_db",
    "REAPER_CASS_CONTACT_POINTS": '[{"host": "no-such-dc1-service", "port": 9042}]',
    "REAPER_CASS_AUTH_ENABLED": "true",
    "REAPER_CASS_AUTH_USERNAME": "shop-reaper",
    "REAPER_CASS_AUTH_PASSWORD": PASSWORD,
    "REAPER_JMX_AUTH_USERNAME": "shop-reaper",
    "REAPER_JMX_AUTH_PASSWORD": PASSWORD,
}
SKIP = {"REAPER_SKIP_SCHEMA_MIGRATION": "true"}
Start = Callable[..., Daemon]


@pytest.fixture
def start(container: Container, tmp_path: Path, ports: Ports) -> Iterator[Start]:
    """start(variables): the main container."""
    started: list[Daemon] = []

    def begin(variables: dict[str, str]) -> Daemon:
        started.append(container.start(tmp_path / "helenus.log", ports, **variables))
        return started[-1]

    yield begin
    for daemon in started:
        if daemon.is_running:
            daemon.kill()


class Operator:
    """The calls of its client."""

    def __init__(self, port: int):
        self._base = f"http://127.0.0.1:{port}"
        self._token = ""

    def log_in(self) -> None:
        form = urllib.parse.urlencode({"username": USER, "password": PASSWORD, "rememberMe": "false"})
        _, body = self._call("POST", "/login", form.encode())
        self._token = json.loads(body)["token"]
        assert self._token

    def clusters(self) -> list[str]:
        status, body = self._call("GET", "/cluster")
        assert status == 200
        return list(json.loads(body))

    def register(self, name: str, seed: str) -> int:
        return self._call("PUT", f"/cluster/{name}?seedHost={seed}")[0]

    def _call(self, method: str, path: str, form: bytes | None = None) -> tuple[int, str]:
        request = urllib.request.Request(self._base + path, data=form, method=method)
        request.add_header("Accept", "application/json;q=0.9,text/plain")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()


def wait_until_ready(ports: Ports) -> None:
    wait_until("the daemon is ready", Rest(ports[0]).is_ready, MIGRATION_TIMEOUT)


def test_a_reaper_with_local_storage_registers_a_cluster(container: Container, start: Start, ports: Ports) -> None:
    container.run("schema-migration", **LOCAL).expect(0)
    daemon = start(LOCAL)
    assert ask(ports[1], "/healthcheck")[0] == 200
    wait_until_ready(ports)
    assert ask(ports[0], "/cluster")[0] == 401
    operator = Operator(ports[0])
    operator.log_in()
    assert operator.clusters() == []
    with fake_cluster(nodes=1, listening=1, vnodes=1) as cluster:
        assert operator.register("another", cluster.seed) == 400, "the name is that of the seed's cluster"
        assert operator.register("fake", cluster.seed) == 201
        assert operator.register("fake", cluster.seed) == 204, "a control plane asks at every reconciliation"
    assert operator.clusters() == ["fake"]
    assert ask(ports[1], "/prometheusMetrics")[0] == 200
    assert daemon.stop() == 0


def test_a_reaper_that_waits_for_cassandra_is_not_killed(container: Container, start: Start, ports: Ports) -> None:
    container.run("schema-migration", "--wait", "1", **IN_CASSANDRA).expect(1)
    daemon = start(IN_CASSANDRA | SKIP)
    wait_until("it waits", lambda: "no-such-dc1-service" in Rest(ports[0]).status(), STEP_TIMEOUT)
    assert ask(ports[1], "/healthcheck")[0] == 200, "liveness and readiness in one"
    for path in ("/cluster", "/login"):
        assert ask(ports[0], path)[0] in (503, 405), "asked again after 15 seconds"
    assert daemon.stop() == 0
    assert PASSWORD not in daemon.log.read_text()


def test_a_reaper_with_state_in_cassandra_leaves_the_schema_to_its_init_container(
    container: Container, start: Start, ports: Ports, cassandra: Cluster, nodes: list[Node], state: StateKeyspace
) -> None:
    points = [{"host": node.address, "port": 9042} for node in nodes]
    variables = IN_CASSANDRA | {
        "REAPER_CASS_KEYSPACE": state.name,
        "REAPER_CASS_CONTACT_POINTS": json.dumps(points),
        "REAPER_CASS_REQUEST_TIMEOUT": "30s",  # a busy machine is slow
    }
    data.create_keyspace(cassandra, state.name)  # as it does before
    tables = f"SELECT table_name FROM system_schema.tables WHERE keyspace_name = '{state.name}'"
    daemon = start(variables | SKIP)
    wait_until("it waits", lambda: "schema" in Rest(ports[0]).status(), MIGRATION_TIMEOUT)
    assert not data.execute(nodes[0], tables)
    container.run("schema-migration", timeout=MIGRATION_TIMEOUT, **variables).expect(0)
    wait_until_ready(ports)
    operator = Operator(ports[0])
    operator.log_in()
    name = cluster_name(nodes[0])
    assert operator.register(name, nodes[0].address) == 201
    assert operator.clusters() == [name]
    assert daemon.stop() == 0


def cluster_name(node: Node) -> str:
    """As Reaper has it in paths."""
    (row,) = data.execute(node, "SELECT cluster_name FROM system.local")
    return "".join(letter for letter in row.cluster_name.lower() if letter.isalnum() or letter in "_-.")


@pytest.mark.parametrize(
    "unsupported",
    [{"REAPER_HTTP_MANAGEMENT_ENABLE": "true"}, {"REAPER_SERVER_TLS_ENABLE": "true"}],
    ids=lambda variables: str(*variables),
)
def test_what_this_version_cannot_do_is_told(container: Container, unsupported: dict[str, str]) -> None:
    """And not left out: nodes could not be reached, the operator could not speak to it."""
    (name,) = unsupported
    done = container.run("cassandra-reaper", **LOCAL, **unsupported).expect(64)
    assert name in done.errors
    container.run("schema-migration", **LOCAL, **unsupported).expect(64)
