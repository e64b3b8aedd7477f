"""Helenus beside Cassandra in every pod, by the containers of deploy/kubernetes/sidecar; everything else comes later."""

import json
import time

import pytest
import yaml
from e2e import figures
from e2e.lab import Kubernetes
from e2e.lab.paths import REPOSITORY
from e2e.manifests import IMAGE, Object, secret
from e2e.operator_client import OperatorClient
from e2e.repair import repair
from e2e.ring import CLUSTER, Ring
from lab.node_log import wait_until

_SIDECAR = REPOSITORY / "deploy" / "kubernetes" / "sidecar"
_ROLE = ("helenus", "a-secret-of-cassandra")
_LOGIN = ("admin", "a-secret-of-people")
_PORT = 7080
_TIMEOUT = 600.0  # seconds; a busy machine is slow

pytestmark = pytest.mark.usefixtures("cassandra_images")


def _shipped(file: str) -> Object:
    """A manifest as we ship it, but with the names and the image of this lab."""
    text = (_SIDECAR / file).read_text()
    shipped: Object = yaml.safe_load(text.replace("shop-dc1", f"{CLUSTER}-dc1").replace("localhost/helenus:latest", IMAGE))
    return shipped


def _restarts(pods: list[Object]) -> int:
    kinds = ("initContainerStatuses", "containerStatuses")
    return sum(one["restartCount"] for pod in pods for kind in kinds for one in pod["status"].get(kind, []))


@pytest.mark.parametrize("kind", ["containers", "init-containers"])
def test_sidecars_wait_for_all_that_comes_later(kubernetes: Kubernetes, namespace: str, kind: str) -> None:
    kubernetes.apply(secret("helenus-cassandra-login", *_ROLE), secret("helenus-login", *_LOGIN), namespace=namespace)
    beside = _shipped(f"{kind}/datacenter.yaml")["spec"]["podTemplateSpec"]["spec"]
    ring = Ring(kubernetes, namespace, nodes=2, beside=beside)
    ring.start()
    ring.wait_until_up()
    clients = [OperatorClient(address, _PORT) for address in ring.addresses()]
    assert not any(client.is_up() for client in clients), "there is no role yet"

    ring.create_role(*_ROLE)
    kubernetes.apply(_shipped("migration-job.yaml"), namespace=namespace)
    job = f"/apis/batch/v1/namespaces/{namespace}/jobs/helenus-schema"
    kubernetes.wait_for("the migration to be done", job, "Complete", _TIMEOUT)
    migrated = time.monotonic()
    wait_until("every sidecar to go on", lambda: all(client.is_up() for client in clients), _TIMEOUT)
    figures.report("role, keyspace and schema exist, to every sidecar at work", time.monotonic() - migrated, goal=10)

    for client in clients:
        client.log_in(*_LOGIN)
        assert client.clusters() == [CLUSTER], "they register it themselves"
    repair(clients[0], ring)
    assert _restarts(ring.pods()) == 0, json.dumps([pod["status"] for pod in ring.pods()])
