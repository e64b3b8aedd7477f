"""Cassandra in pods, with the Services that cass-operator makes for a data center."""

import contextlib
from collections.abc import Iterator

from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, ExecutionProfile, NoHostAvailable, Session
from cassandra.cluster import Cluster as Driver
from cassandra.policies import WhiteListRoundRobinPolicy
from e2e.lab import Kubernetes
from e2e.lab.cassandra_image import NAME, UID
from e2e.manifests import Object, field_variable, service, variable
from lab.node_log import wait_until

CLUSTER, DATA_CENTER = "labcluster", "dc1"
DEFAULT_ROLE = ("cassandra", "cassandra")  # that Cassandra makes itself
_LABELS = {"cassandra.datastax.com/cluster": CLUSTER, "cassandra.datastax.com/datacenter": DATA_CENTER}
_SET = f"{CLUSTER}-{DATA_CENTER}-r1-sts"
START_TIMEOUT = 300.0  # seconds for each node; a busy machine is slow


class Ring:
    """
    Nodes of one data center in a namespace, which want a role and a password for CQL, and for JMX from elsewhere.
    `beside` is what a pod has besides Cassandra: `containers` and `volumes`. With it JMX is for the pod alone.
    """

    def __init__(self, kubernetes: Kubernetes, namespace: str, nodes: int, beside: Object | None = None):
        self._kubernetes = kubernetes
        self._namespace = namespace
        self._nodes = nodes
        self._beside = beside

    def start(self) -> None:
        self._kubernetes.apply(*services(), _stateful_set(self._nodes, self._beside), namespace=self._namespace)

    def wait_until_up(self) -> None:
        """Every node takes clients, and the role that Cassandra makes for itself is there."""
        path = f"/apis/apps/v1/namespaces/{self._namespace}/statefulsets/{_SET}"

        def are_ready() -> bool:
            return int(self._kubernetes.get(path)["status"].get("readyReplicas", 0)) == self._nodes

        wait_until("all nodes of Cassandra to be ready", are_ready, self._nodes * START_TIMEOUT)
        wait_until("the role cassandra", self._has_default_role, START_TIMEOUT)

    def pods(self) -> list[Object]:
        return self._kubernetes.pods(self._namespace, f"cassandra.datastax.com/cluster={CLUSTER}")

    def addresses(self) -> list[str]:
        return [pod["status"]["podIP"] for pod in self.pods()]

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """As the superuser, with the first node, at QUORUM."""
        address = self.addresses()[0]
        profile = ExecutionProfile(
            load_balancing_policy=WhiteListRoundRobinPolicy([address]),
            consistency_level=ConsistencyLevel.QUORUM,
            request_timeout=60.0,
        )
        driver = Driver(
            [address],
            execution_profiles={EXEC_PROFILE_DEFAULT: profile},
            auth_provider=PlainTextAuthProvider(*DEFAULT_ROLE),
            protocol_version=4,
        )
        try:
            yield driver.connect()
        finally:
            driver.shutdown()

    def execute(self, *statements: str) -> None:
        with self.session() as session:
            for statement in statements:
                session.execute(statement)

    def create_role(self, user: str, password: str) -> None:
        """As the operator has it made: a superuser."""
        self.execute(f"CREATE ROLE \"{user}\" WITH PASSWORD = '{password}' AND LOGIN = true AND SUPERUSER = true")

    def create_keyspace(self, name: str) -> None:
        """Every row is on every node."""
        replication = {"class": "NetworkTopologyStrategy", DATA_CENTER: str(self._nodes)}
        self.execute(f"CREATE KEYSPACE {name} WITH replication = {replication}")

    def _has_default_role(self) -> bool:
        try:
            self.execute("SELECT key FROM system.local")
        except (NoHostAvailable, OSError):
            return False
        return True


def services() -> list[Object]:
    """The names under which a data center is found: nodes that are ready, and seeds whether they are or not."""
    ports = {"native": 9042, "jmx": 7199}
    return [
        service(f"{CLUSTER}-{DATA_CENTER}-service", _LABELS, ports, headless=True),
        service(f"{CLUSTER}-seed-service", _LABELS, ports, headless=True, not_ready=True),
        service(f"{CLUSTER}-{DATA_CENTER}-all-pods-service", _LABELS, ports, headless=True, not_ready=True),
    ]


def _stateful_set(nodes: int, beside: Object | None) -> Object:
    more = beside or {}
    pod = {
        "securityContext": {"runAsNonRoot": True, "runAsUser": UID, "fsGroup": UID},
        "enableServiceLinks": False,
        "automountServiceAccountToken": False,
        "containers": [cassandra_container(local_jmx=beside is not None), *more.get("containers", [])],
        "initContainers": more.get("initContainers", []),
        "volumes": [*cassandra_volumes(), *more.get("volumes", [])],
    }
    spec = {
        "serviceName": f"{CLUSTER}-{DATA_CENTER}-all-pods-service",
        "replicas": nodes,
        "selector": {"matchLabels": _LABELS},
        "template": {"metadata": {"labels": _LABELS}, "spec": pod},
    }
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": _SET}, "spec": spec}


def cassandra_container(*, local_jmx: bool) -> Object:
    return {
        "name": "cassandra",
        "image": NAME,
        "imagePullPolicy": "Never",
        "env": [
            field_variable("POD_IP", "status.podIP"),
            variable("CLUSTER", CLUSTER),
            variable("DC", DATA_CENTER),
            # The first node finds nobody behind the Service and begins the ring, the others find it there.
            variable("SEEDS", f"$(POD_IP),{CLUSTER}-{DATA_CENTER}-service"),
            variable("AUTHENTICATE", "true"),
            variable("LOCAL_JMX", "yes" if local_jmx else "no"),
        ],
        "ports": [{"name": "native", "containerPort": 9042}, {"name": "jmx", "containerPort": 7199}],
        "readinessProbe": {"tcpSocket": {"port": 9042}, "periodSeconds": 1},
        "securityContext": {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False},
        "volumeMounts": [
            {"name": "server-data", "mountPath": "/var/lib/cassandra"},
            {"name": "server-tmp", "mountPath": "/tmp"},
        ],
    }


def cassandra_volumes() -> list[Object]:
    return [{"name": "server-data", "emptyDir": {}}, {"name": "server-tmp", "emptyDir": {}}]
