"""The central deployment, exactly as k8ssandra-operator makes it, beside Cassandra in pods."""

import time

import pytest
from e2e import figures
from e2e.lab import Kubernetes, Machine
from e2e.manifests import Object, secret
from e2e.operator_client import Operator
from e2e.operator_manifests import (
    CASSANDRA_SECRET,
    KEYSPACE,
    NAME,
    SERVICE,
    UI_SECRET,
    migration_job,
    operator_deployment,
    operator_service,
)
from e2e.repair import repair
from e2e.rest_client import RestClient
from e2e.ring import CLUSTER, Rack, Ring
from lab.node_log import wait_until

_ROLE = ("labcluster-reaper", "a-secret-of-cassandra")
_LOGIN = ("labcluster-ui", "a-secret-of-people")
_TIMEOUT = 300.0  # seconds; a busy machine is slow

pytestmark = pytest.mark.usefixtures("cassandra_images")


@pytest.fixture
def central(machine: Machine, kubernetes: Kubernetes, namespace: str) -> "Central":
    return Central(machine, kubernetes, namespace)


class Central:
    """What the operator makes in a namespace."""

    def __init__(self, machine: Machine, kubernetes: Kubernetes, namespace: str):
        self._program = machine.programs.reconcile
        self.kubernetes = kubernetes
        self.namespace = namespace

    def apply(self, *, skip_migration: bool = False) -> None:
        secrets = [secret(CASSANDRA_SECRET, *_ROLE), secret(UI_SECRET, *_LOGIN)]
        deployment = operator_deployment(skip_migration=skip_migration)
        self.kubernetes.apply(*secrets, operator_service(), deployment, namespace=self.namespace)

    def wait_until_available(self) -> None:
        path = f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{NAME}"
        self.kubernetes.wait_for("the Deployment to be available", path, "Available", _TIMEOUT)

    def client(self) -> RestClient:
        return RestClient(self._address())

    def operator(self) -> Operator:
        return Operator(self._program, self._address(), _LOGIN, self.namespace)

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


def test_the_operator_deploys_registers_and_repairs(central: Central, kubernetes: Kubernetes, namespace: str) -> None:
    ring = Ring(kubernetes, namespace, [Rack(nodes=2)])
    began = time.monotonic()
    ring.start()
    ring.wait_until_up()
    figures.report("two nodes of Cassandra in pods", time.monotonic() - began)
    ring.create_role(*_ROLE)
    ring.create_keyspace(KEYSPACE)

    began = time.monotonic()
    central.apply()
    central.wait_until_available()
    figures.report("the operator's Deployment with its migration, to Available", time.monotonic() - began)
    operator = central.operator()
    # Ready is the pod before its storage is; meanwhile the operator is refused, and asks again.
    wait_until("the operator to add its cluster", lambda: operator.reconcile() == "added", _TIMEOUT)
    assert operator.reconcile() == "known"
    client = central.client()
    client.log_in(*_LOGIN)
    assert client.clusters() == [CLUSTER]
    repair(client, ring)
    assert central.restarts() == 0


def test_helenus_may_be_there_first(central: Central, kubernetes: Kubernetes, namespace: str) -> None:
    """It is Ready without Cassandra, and goes on by itself when there is a node, a role, a keyspace and a schema."""
    central.apply(skip_migration=True)
    central.wait_until_available()
    ready_since = central.ready_since()
    client = central.client()
    assert not client.is_up(), "there is no Cassandra yet"

    ring = Ring(kubernetes, namespace, [Rack()])
    ring.start()
    ring.wait_until_up()
    assert not client.is_up(), "there is no role yet"
    ring.create_role(*_ROLE)
    ring.create_keyspace(KEYSPACE)
    assert not client.is_up(), "there is no schema yet"

    kubernetes.apply(migration_job("migration"), namespace=namespace)
    job = f"/apis/batch/v1/namespaces/{namespace}/jobs/migration"
    kubernetes.wait_for("the migration to be done", job, "Complete", _TIMEOUT)
    migrated = time.monotonic()
    wait_until("Helenus to go on", client.is_up, _TIMEOUT)
    figures.report("role, keyspace and schema exist, to storage in use", time.monotonic() - migrated, goal=2)
    assert central.ready_since() == ready_since, "it was Ready all the time"
    assert central.restarts() == 0
