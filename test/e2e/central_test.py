"""The central deployment, exactly as k8ssandra-operator makes it, beside Cassandra in pods."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e import figures
from e2e.lab import Kubernetes, Machine
from e2e.manifests import Object, local_volume, secret
from e2e.namespaces import told_if_failed
from e2e.operator_client import Operator
from e2e.operator_manifests import (
    CASSANDRA_SECRET,
    KEYSPACE,
    NAME,
    SERVICE,
    STATE,
    UI_SECRET,
    migration_job,
    operator_deployment,
    operator_service,
    operator_stateful_set,
)
from e2e.repair import repair
from e2e.rest_client import RestClient
from e2e.ring import CLUSTER, Rack, Ring
from e2e.stores import ClientStores, ManagementStores, ServerStores
from lab.node_log import wait_until

_ROLE = ("labcluster-reaper", "a-secret-of-cassandra")
_LOGIN = ("labcluster-ui", "a-secret-of-people")
_TIMEOUT = 300.0  # seconds; a busy machine is slow

pytestmark = pytest.mark.usefixtures("cassandra_images")


@pytest.fixture
def central(machine: Machine, kubernetes: Kubernetes, namespace: str) -> "Central":
    return Central(machine, kubernetes, namespace)


@pytest.fixture
def central_of_ring(
    request: pytest.FixtureRequest, machine: Machine, kubernetes: Kubernetes, module_namespace: str
) -> Iterator["Central"]:
    """In the namespace of the ring."""
    with told_if_failed(request, kubernetes, module_namespace):
        yield Central(machine, kubernetes, module_namespace)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> ClientStores:
    return ClientStores(tmp_path_factory.mktemp("stores"))


@pytest.fixture(scope="module")
def management_stores(tmp_path_factory: pytest.TempPathFactory) -> ManagementStores:
    return ManagementStores(tmp_path_factory.mktemp("management-stores"))


@pytest.fixture(scope="module")
def ring(
    kubernetes: Kubernetes, module_namespace: str, stores: ClientStores, management_stores: ManagementStores
) -> Ring:
    """One node, which the first test that wants it starts, with JMX for others."""
    racks = [Rack(remote_jmx=True)]
    return Ring(kubernetes, module_namespace, racks, stores=stores, management_stores=management_stores)


class Central:
    """What the operator makes in a namespace."""

    def __init__(self, machine: Machine, kubernetes: Kubernetes, namespace: str):
        self._program = machine.programs.reconcile
        self.kubernetes = kubernetes
        self.namespace = namespace

    def apply(self, workload: Object) -> None:
        secrets = [secret(CASSANDRA_SECRET, *_ROLE), secret(UI_SECRET, *_LOGIN)]
        self.kubernetes.apply(*secrets, operator_service(), workload, namespace=self.namespace)

    def wait_until_available(self) -> None:
        path = f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{NAME}"
        self.kubernetes.wait_for("the Deployment to be available", path, "Available", _TIMEOUT)

    def wait_until_pod_is_ready(self, before: str = "") -> Object:
        """The pod of the StatefulSet; after the one that had the identity `before`."""
        path = f"/api/v1/namespaces/{self.namespace}/pods/{NAME}-0"

        def is_there() -> bool:
            found = self.kubernetes.find(path) or {"metadata": {"uid": before}}
            return found["metadata"]["uid"] != before and self.kubernetes.condition(path, "Ready")

        wait_until("the pod of the StatefulSet to be ready", is_there, _TIMEOUT)
        return self.pod()

    def client(self) -> RestClient:
        return RestClient(self._address())

    def operator(self, stores: ServerStores | None = None) -> Operator:
        return Operator(self._program, self._address(), _LOGIN, stores)

    def _address(self) -> str:
        return self.kubernetes.service_address(self.namespace, SERVICE)

    def pod(self) -> Object:
        (pod,) = self.kubernetes.pods(self.namespace, f"k8ssandra.io/reaper={NAME}")
        return pod

    def ready_since(self) -> str:
        (ready,) = [one for one in self.pod()["status"]["conditions"] if one["type"] == "Ready"]
        assert ready["status"] == "True"
        return str(ready["lastTransitionTime"])

    def restarts(self) -> int:
        status = self.pod()["status"]
        return sum(one["restartCount"] for one in [*status.get("initContainerStatuses", []), *status["containerStatuses"]])

    def failed_probes(self) -> list[str]:
        return self.kubernetes.failed_probes(self.namespace, "reaper")

    def said(self) -> str:
        """By both containers."""
        words = ["logs", self.pod()["metadata"]["name"], f"--namespace={self.namespace}"]
        return self.kubernetes.kubectl(*words, "--all-containers")


def test_the_operator_deploys_registers_and_repairs(
    central: Central, kubernetes: Kubernetes, namespace: str, stores: ClientStores
) -> None:
    """
    Nodes are reached by their management API, since they take no JMX; and CQL from nobody without TLS and a certificate. The
    passwords of the stores are in JAVA_OPTS only, and the operator's bug has doubled a variable and lost the one that
    leaves the schema to the init container.
    """
    ring = Ring(kubernetes, namespace, [Rack(nodes=2)], stores=stores)
    began = time.monotonic()
    ring.start()
    ring.wait_until_up()
    figures.report("two nodes of Cassandra in pods", time.monotonic() - began)
    ring.create_role(*_ROLE)
    ring.create_keyspace(KEYSPACE)

    began = time.monotonic()
    central.apply(operator_deployment(stores))
    central.wait_until_available()
    figures.report("the operator's Deployment with its migration, to Available", time.monotonic() - began)
    operator = central.operator()
    # Ready is the pod before its storage is; meanwhile the operator is refused, and asks again.
    assert operator.reconcile(namespace) == "added"
    assert operator.reconcile(namespace) == "known"
    client = central.client()
    client.log_in(*_LOGIN)
    assert client.clusters() == [CLUSTER]
    repair(client, ring)
    assert not ring.takes_jmx()
    assert central.restarts() == 0
    assert central.failed_probes() == []
    said = central.said()
    for password in (stores.key_password, stores.trust_password, _ROLE[1], _LOGIN[1]):
        assert password not in said


def test_helenus_may_be_there_first(
    central_of_ring: Central, kubernetes: Kubernetes, ring: Ring, stores: ClientStores
) -> None:
    """
    It is Ready without Cassandra, and goes on by itself when there is a node, a role, a keyspace and a schema. Without
    `httpManagement`: the node is reached over JMX, which wants the same login and the same stores as CQL.
    """
    central = central_of_ring
    kubernetes.apply(stores.secret(), namespace=central.namespace)
    central.apply(operator_deployment(stores, skip_migration=True, http_management=False))
    central.wait_until_available()
    ready_since = central.ready_since()
    client = central.client()
    assert not client.is_up(), "there is no Cassandra yet"

    ring.start()
    ring.wait_until_up()
    assert not client.is_up(), "there is no role yet"
    ring.create_role(*_ROLE)
    ring.create_keyspace(KEYSPACE)
    assert not client.is_up(), "there is no schema yet"

    kubernetes.apply(migration_job("migration", stores), namespace=central.namespace)
    job = f"/apis/batch/v1/namespaces/{central.namespace}/jobs/migration"
    kubernetes.wait_for("the migration to be done", job, "Complete", _TIMEOUT)
    migrated = time.monotonic()
    wait_until("Helenus to go on", client.is_up, _TIMEOUT)
    figures.report("role, keyspace and schema exist, to storage in use", time.monotonic() - migrated, goal=2)
    assert central.operator().reconcile(central.namespace) == "added"
    client.log_in(*_LOGIN)
    repair(client, ring)
    assert central.ready_since() == ready_since, "it was Ready all the time"
    assert central.restarts() == 0
    assert central.failed_probes() == []


def test_a_control_plane_keeps_what_is_registered_in_its_volume(
    central: Central,
    machine: Machine,
    kubernetes: Kubernetes,
    namespace: str,
    module_namespace: str,
    ring: Ring,
    management_stores: ManagementStores,
    tmp_path: Path,
) -> None:
    """
    A StatefulSet with local storage, for a data center in another namespace, which is added again and again: its management
    API asks for a certificate but no role. The port wants TLS and the operator's certificate, probes none.
    """
    claim, server_stores = f"{STATE}-{NAME}-0", ServerStores(tmp_path)
    kubernetes.apply(local_volume(machine.files.folder / "volumes" / namespace, namespace, claim))
    kubernetes.apply(server_stores.secret(), management_stores.secret(), namespace=namespace)
    central.apply(operator_stateful_set())
    ring.start()
    ring.wait_until_ready()
    pod = central.wait_until_pod_is_ready()
    operator = central.operator(server_stores)
    assert operator.reconcile(module_namespace, reference=True) == "added"
    assert operator.reconcile(module_namespace, reference=True) == "added", "as at every reconciliation"
    assert central.restarts() == 0

    kubernetes.kubectl("delete", "pod", f"{NAME}-0", f"--namespace={namespace}", "--wait=false")
    central.wait_until_pod_is_ready(pod["metadata"]["uid"])
    assert operator.reconcile(module_namespace) == "known"
    assert central.restarts() == 0
