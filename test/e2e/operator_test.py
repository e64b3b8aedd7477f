"""The real cass-operator brings up Cassandra with Helenus beside it."""

import time
from collections.abc import Iterator

import pytest
from e2e import figures
from e2e.cass_operator import Datacenter, start_operator
from e2e.fleet import TIMEOUT, container_statuses, shipped
from e2e.lab import Kubernetes, Machine, images
from e2e.manifests import Object, secret
from e2e.repair import repair
from e2e.rest_client import RestClient
from e2e.ring import CLUSTER, Rack, Ring
from e2e.state import told_if_failed
from lab.node_log import wait_until

_ROLE = ("helenus", "a-secret-of-cassandra")
_LOGIN = ("admin", "a-secret-of-people")
_NODES = 2
_PORT = 7080


@pytest.fixture
def ring(machine: Machine, kubernetes: Kubernetes, namespace: str) -> Ring:
    """Where the operator will find volumes for its nodes."""
    ring = Ring(kubernetes, namespace, [Rack("default", nodes=_NODES)], machine.files.folder / "volumes" / namespace)
    ring.make_volumes()
    return ring


@pytest.fixture
def center(
    request: pytest.FixtureRequest, machine: Machine, kubernetes: Kubernetes, namespace: str, cassandra_images: None
) -> Iterator[Datacenter]:
    """Not there yet, but its operator and its Secrets. Gone at the end, while there is an operator that lets it go."""
    machine.import_image(images.of_operator(machine.programs))
    start_operator(kubernetes, namespace, machine.programs)
    secrets = [secret("helenus-cassandra-login", *_ROLE), secret("helenus-login", *_LOGIN)]
    kubernetes.apply(*secrets, namespace=namespace)
    center = Datacenter(kubernetes, namespace, _NODES)
    with told_if_failed(request, kubernetes, namespace):
        yield center
    center.delete()


@pytest.mark.parametrize("how", ["containers"])
def test_sidecars_do_not_hinder_the_operator(
    kubernetes: Kubernetes, namespace: str, ring: Ring, center: Datacenter, how: str
) -> None:
    """
    With authentication. The operator makes the roles when every pod is ready: sidecars that were not ready before they
    have a role would keep the data center from ever being so.
    """
    began = time.monotonic()
    center.apply(f"{how}/datacenter.yaml")
    pods = center.wait_until_there()
    clients = [RestClient(pod["status"]["podIP"], _PORT) for pod in pods]
    assert not any(client.is_up() for client in clients), "there is no role yet"
    center.wait_until_ready()
    figures.report(f"cass-operator: {_NODES} nodes and their sidecars, to a data center that is Ready", time.monotonic() - began)

    kubernetes.apply(shipped("migration-job.yaml"), namespace=namespace)
    job = f"/apis/batch/v1/namespaces/{namespace}/jobs/helenus-schema"
    kubernetes.wait_for("the migration to be done", job, "Complete", TIMEOUT)
    wait_until("the sidecars to be at work", lambda: all(client.is_up() for client in clients), TIMEOUT)
    one = clients[0]
    one.log_in(*_LOGIN)
    wait_until("a sidecar to register its cluster", lambda: one.clusters() == [CLUSTER], TIMEOUT)
    repair(one, ring)

    after = center.pods()
    assert _identities(after) == _identities(pods), "no pod was replaced"
    assert sum(status["restartCount"] for pod in after for status in container_statuses(pod).values()) == 0
    revisions = center.stateful_set()
    assert revisions["currentRevision"] == revisions["updateRevision"], "none is about to be"


def _identities(pods: list[Object]) -> list[str]:
    return sorted(pod["metadata"]["uid"] for pod in pods)
