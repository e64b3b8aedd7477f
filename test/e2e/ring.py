"""Cassandra in pods, with the Services and, for each rack, the StatefulSet that cass-operator makes for a data center."""

import contextlib
import functools
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, ExecutionProfile, NoHostAvailable, Session
from cassandra.cluster import Cluster as Driver
from cassandra.policies import WhiteListRoundRobinPolicy
from e2e.lab import Kubernetes
from e2e.lab.cassandra_image import NAME, UID
from e2e.manifests import Object, field_variable, local_volume, service, variable, volume_claim
from e2e.stores import (
    ClientStores,
    ManagementStores,
    client_store_mounts,
    client_store_volumes,
    management_store_mount,
    management_store_volume,
)
from lab.node_log import wait_until

CLUSTER, DATA_CENTER = "labcluster", "dc1"
_MOST_COPIES = 3
DEFAULT_ROLE = ("cassandra", "cassandra")  # that Cassandra makes itself
_LABELS = {"cassandra.datastax.com/cluster": CLUSTER, "cassandra.datastax.com/datacenter": DATA_CENTER}
START_TIMEOUT = 300.0  # seconds for each node; a busy machine is slow
_CQL_TIMEOUT = 60.0  # as above, for a connection and for an answer
_DATA = "server-data"
_PORTS = {"native": 9042, "jmx": 7199, "mgmt-api-http": 8080, "metrics": 9000}


@dataclass(frozen=True)
class Rack:
    """
    `beside` is what a pod has besides Cassandra: `containers`, `initContainers` and `volumes`. JMX is for the pod alone, or
    with `remote_jmx` for all, as k8ssandra-operator has it without `httpManagement`. `held` is a node that waits for
    `Ring.release` before it starts Cassandra, as one of cass-operator waits for the operator; `bootstrap` one that joins a
    ring with data.
    """

    name: str = "r1"
    nodes: int = 1
    beside: Object | None = None
    beside_first: bool = False  # of the containers
    held: bool = False
    bootstrap: bool = False
    remote_jmx: bool = False

    @property
    def set_name(self) -> str:
        return f"{CLUSTER}-{DATA_CENTER}-{self.name}-sts"


class Ring:
    """
    Nodes of one data center in a namespace, which want a role and a password for CQL, and for JMX from elsewhere; with
    `stores` also TLS. Their management API wants TLS with `management_stores`. With `volumes`, a folder, a pod that comes
    back is the same node; without, its data is gone with the pod.
    """

    def __init__(
        self,
        kubernetes: Kubernetes,
        namespace: str,
        racks: Sequence[Rack],
        volumes: Path | None = None,
        stores: ClientStores | None = None,
        management_stores: ManagementStores | None = None,
    ):
        self._kubernetes = kubernetes
        self._stores = stores
        self._management_stores = management_stores
        self._namespace = namespace
        self._volumes = volumes
        self._racks = list(racks)
        self._nodes = sum(rack.nodes for rack in racks)

    def start(self, *racks: Rack) -> None:
        """These, by default all; others may follow."""
        secrets = [stores.secret() for stores in (self._stores, self._management_stores) if stores]
        self._kubernetes.apply(*services(), *secrets, namespace=self._namespace)
        for rack in racks or self._racks:
            self.start_rack(rack)

    def start_rack(self, rack: Rack) -> None:
        """One of them, or one more."""
        if rack not in self._racks:
            self._racks.append(rack)
        self.make_volumes(rack)
        copies = min(self._nodes, _MOST_COPIES)
        one = _stateful_set(rack, copies, kept=bool(self._volumes))
        if self._stores:
            _add_stores(one["spec"]["template"]["spec"], self._stores)
        if self._management_stores:
            _add_management_stores(one["spec"]["template"]["spec"], self._management_stores)
        self._kubernetes.apply(one, namespace=self._namespace)

    def make_volumes(self, *racks: Rack) -> None:
        """For the claims of these, by default of all, where data is kept."""
        if self._volumes:
            nodes = [(rack, number) for rack in racks or self._racks for number in range(rack.nodes)]
            self._kubernetes.apply(*(self._volume(rack, number) for rack, number in nodes))

    def release(self, rack: Rack) -> None:
        """Lets the nodes of a held rack start Cassandra."""
        words = ["--container=cassandra", f"--namespace={self._namespace}", "--", "sh", "-c", ": > /var/lib/cassandra/go"]
        for number in range(rack.nodes):
            pod = f"{rack.set_name}-{number}"
            wait_until(f"the container of {pod}", functools.partial(self._is_running, pod), START_TIMEOUT)
            self._kubernetes.kubectl("exec", pod, *words)

    def remove_rack(self, rack: Rack) -> None:
        """Its nodes hand over their data and leave the ring, one after another; then their pods are gone."""
        log = "-Dlogback.configurationFile=file:///opt/cassandra/logback.xml"
        nodetool = ["java", "@/opt/cassandra/jvm.options", "-Xmx96m", "-Duser.home=/tmp", log]
        words = ["--container=cassandra", f"--namespace={self._namespace}", "--"]
        words += [*nodetool, "org.apache.cassandra.tools.NodeTool", "decommission"]
        for number in reversed(range(rack.nodes)):
            self._kubernetes.kubectl("exec", f"{rack.set_name}-{number}", *words, timeout=START_TIMEOUT)
        self._kubernetes.kubectl("delete", "statefulset", rack.set_name, f"--namespace={self._namespace}")
        self._racks.remove(rack)

    def wait_until_ready(self, *racks: Rack) -> None:
        """Every node of them, by default of all, takes clients."""
        for rack in racks or self._racks:
            ready = functools.partial(self._is_whole, rack)
            wait_until(f"the nodes of {rack.name} to be ready", ready, rack.nodes * START_TIMEOUT)

    def wait_until_up(self) -> None:
        """Every node takes clients, and the role that Cassandra makes for itself is there."""
        self.wait_until_ready()
        wait_until("the role cassandra", self._has_default_role, START_TIMEOUT)

    def pods(self) -> list[Object]:
        return self._kubernetes.pods(self._namespace, f"cassandra.datastax.com/cluster={CLUSTER}")

    def addresses(self) -> list[str]:
        """Of the nodes that take clients."""
        return [pod["status"]["podIP"] for pod in self.pods() if is_ready(pod)]

    def takes_jmx(self) -> bool:
        """From elsewhere."""
        return any(map(_takes_jmx, self.addresses()))

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """As the superuser, with the first node, at QUORUM."""
        address = self.addresses()[0]
        profile = ExecutionProfile(
            load_balancing_policy=WhiteListRoundRobinPolicy([address]),
            consistency_level=ConsistencyLevel.QUORUM,
            request_timeout=_CQL_TIMEOUT,
        )
        driver = Driver(
            [address],
            execution_profiles={EXEC_PROFILE_DEFAULT: profile},
            auth_provider=PlainTextAuthProvider(*DEFAULT_ROLE),
            ssl_context=self._stores.context() if self._stores else None,
            protocol_version=4,
            connect_timeout=_CQL_TIMEOUT,
            control_connection_timeout=_CQL_TIMEOUT,
            max_schema_agreement_wait=_CQL_TIMEOUT,
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
        self.execute(f"CREATE ROLE IF NOT EXISTS \"{user}\" WITH PASSWORD = '{password}' AND LOGIN = true AND SUPERUSER = true")

    def create_keyspace(self, name: str) -> None:
        """Every row is on every node, up to three."""
        replication = {"class": "NetworkTopologyStrategy", DATA_CENTER: str(min(self._nodes, _MOST_COPIES))}
        self.execute(f"CREATE KEYSPACE {name} WITH replication = {replication}")

    def _has_default_role(self) -> bool:
        try:
            self.execute("SELECT key FROM system.local")
        except (NoHostAvailable, OSError):
            return False
        return True

    def _is_whole(self, rack: Rack) -> bool:
        path = f"/apis/apps/v1/namespaces/{self._namespace}/statefulsets/{rack.set_name}"
        return int(self._kubernetes.get(path)["status"].get("readyReplicas", 0)) == rack.nodes

    def _is_running(self, pod: str) -> bool:
        found = self._kubernetes.find(f"/api/v1/namespaces/{self._namespace}/pods/{pod}") or {"status": {}}
        statuses = found["status"].get("containerStatuses", [])
        return any(one["name"] == "cassandra" and "running" in one["state"] for one in statuses)

    def _volume(self, rack: Rack, number: int) -> Object:
        """For the claim of one node."""
        assert self._volumes
        name = f"{_DATA}-{rack.set_name}-{number}"
        return local_volume(self._volumes / name, self._namespace, name)


def is_ready(pod: Object) -> bool:
    """And not about to end."""
    conditions = pod["status"].get("conditions", [])
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]


def _takes_jmx(address: str) -> bool:
    try:
        socket.create_connection((address, _PORTS["jmx"]), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


def services() -> list[Object]:
    """The names under which a data center is found: nodes that are ready, and seeds whether they are or not."""
    return [
        service(f"{CLUSTER}-{DATA_CENTER}-service", _LABELS, _PORTS, headless=True),
        service(f"{CLUSTER}-seed-service", _LABELS, _PORTS, headless=True, not_ready=True),
        service(f"{CLUSTER}-{DATA_CENTER}-all-pods-service", _LABELS, _PORTS, headless=True, not_ready=True),
    ]


def _stateful_set(rack: Rack, copies: int, *, kept: bool) -> Object:
    more = rack.beside or {}
    containers = [cassandra_container(rack, copies), *more.get("containers", [])]
    volumes: list[Object] = [{"name": "server-tmp", "emptyDir": {}}]
    volumes += [] if kept else [{"name": _DATA, "emptyDir": {}}]
    pod = {
        "securityContext": {"runAsNonRoot": True, "runAsUser": UID, "fsGroup": UID},
        "enableServiceLinks": False,
        "automountServiceAccountToken": False,
        "containers": containers[::-1] if rack.beside_first else containers,
        "initContainers": more.get("initContainers", []),
        "volumes": [*volumes, *more.get("volumes", [])],
    }
    labels = _LABELS | {"cassandra.datastax.com/rack": rack.name}
    spec = {
        "serviceName": f"{CLUSTER}-{DATA_CENTER}-all-pods-service",
        "replicas": rack.nodes,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
        "volumeClaimTemplates": [volume_claim(_DATA)] if kept else [],
    }
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": rack.set_name}, "spec": spec}


def _add_stores(pod: Object, stores: ClientStores) -> None:
    container = _cassandra_of(pod)
    container["env"] += [variable("KEY_PASSWORD", stores.key_password), variable("TRUST_PASSWORD", stores.trust_password)]
    container["volumeMounts"] += client_store_mounts()
    pod["volumes"] += client_store_volumes()


def _add_management_stores(pod: Object, stores: ManagementStores) -> None:
    container = _cassandra_of(pod)
    container["env"] += [variable("MANAGEMENT_PASSWORD", stores.key_password)]
    container["volumeMounts"] += [management_store_mount()]
    pod["volumes"] += [management_store_volume()]


def _cassandra_of(pod: Object) -> Object:
    container: Object = next(one for one in pod["containers"] if one["name"] == "cassandra")
    return container


def cassandra_container(rack: Rack, copies: int) -> Object:
    """`copies` is of the keyspaces that Cassandra makes for itself, logins among them."""
    others = f"{CLUSTER}-{DATA_CENTER}-service"
    return {
        "name": "cassandra",
        "image": NAME,
        "imagePullPolicy": "Never",
        "env": [
            field_variable("POD_IP", "status.podIP"),
            variable("CLUSTER", CLUSTER),
            variable("DC", DATA_CENTER),
            variable("RACK", rack.name),
            # The first node finds nobody behind the Service and begins the ring, the others find it there. A seed never
            # gets data when it joins.
            variable("SEEDS", others if rack.bootstrap else f"$(POD_IP),{others}"),
            variable("BOOTSTRAP", "true" if rack.bootstrap else "false"),
            variable("HELD", "true" if rack.held else "false"),
            variable("SYSTEM_COPIES", str(copies)),
            variable("AUTHENTICATE", "true"),
            variable("LOCAL_JMX", "no" if rack.remote_jmx else "yes"),
        ],
        "ports": [{"name": name, "containerPort": port} for name, port in _PORTS.items()],
        "readinessProbe": {"tcpSocket": {"port": 9042}, "periodSeconds": 1},
        "securityContext": {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False},
        "volumeMounts": [{"name": _DATA, "mountPath": "/var/lib/cassandra"}, {"name": "server-tmp", "mountPath": "/tmp"}],
    }
