"""The real cass-operator brings up Cassandra with Helenus beside it."""

import contextlib
import time
from collections.abc import Iterator

import pytest
from e2e import figures
from e2e.cass_operator import GROUP, Datacenter, start_operator
from e2e.fleet import TIMEOUT, container_statuses, shipped
from e2e.lab import Kubernetes, Machine, images
from e2e.manifests import Object, helenus_pod, secret
from e2e.namespaces import new_namespace, told_if_failed
from e2e.operator_client import Operator
from e2e.repair import repair
from e2e.rest_client import RestClient
from e2e.ring import CLUSTER, DATA_CENTER, Rack, Ring
from lab.node_log import wait_until

_ROLE = ("helenus", "a-secret-of-cassandra")
_LOGIN = ("admin", "a-secret-of-people")
_NODES = {"containers": 2, "init-containers": 1}
_HTTP = {"REAPER_HTTP_MANAGEMENT_ENABLE": "true"}
_PORT = 7080


class Site:
    """
    A namespace with an operator, our Secrets, and the data center of one of our manifests: with Helenus as one more
    container, or as a native sidecar, which is one of the init containers. `http`: they reach their nodes over HTTP.
    """

    def __init__(self, machine: Machine, kubernetes: Kubernetes, namespace: str, how: str, *, http: bool):
        self._kubernetes, self._namespace, self._how = kubernetes, namespace, how
        self._pods: list[Object] = []
        racks = [Rack("default", nodes=_NODES[how])]
        self._ring = Ring(kubernetes, namespace, racks, machine.files.folder / "volumes" / namespace)
        self._center = Datacenter(kubernetes, namespace, _NODES[how])
        self._reconcile = machine.programs.reconcile
        self.http = http
        self._ring.make_volumes()
        start_operator(kubernetes, namespace, machine.programs)
        secrets = [secret("helenus-cassandra-login", *_ROLE), secret("helenus-login", *_LOGIN)]
        kubernetes.apply(*secrets, namespace=namespace)

    def apply(self) -> None:
        self._center.apply(f"{self._how}/datacenter.yaml", **(_HTTP if self.http else {}))

    def wait_until_there(self) -> None:
        self._pods = self._center.wait_until_there()

    def wait_until_ready(self) -> None:
        self._center.wait_until_ready()

    def clients(self) -> list[RestClient]:
        return [RestClient(pod["status"]["podIP"], _PORT) for pod in self._pods]

    def start_migration(self) -> None:
        self._kubernetes.apply(shipped("migration-job.yaml"), namespace=self._namespace)

    def wait_until_migrated(self) -> None:
        job = f"/apis/batch/v1/namespaces/{self._namespace}/jobs/helenus-schema"
        self._kubernetes.wait_for("the migration to be done", job, "Complete", TIMEOUT)

    def repair(self) -> None:
        clients = self.clients()
        wait_until("the sidecars to be at work", lambda: all(client.is_up() for client in clients), TIMEOUT)
        one = clients[0]
        one.log_in(*_LOGIN)
        wait_until("a sidecar to register its cluster", lambda: one.clusters() == [CLUSTER], TIMEOUT)
        repair(one, self._ring)

    def repair_from_elsewhere(self) -> None:
        """By a Helenus over HTTP with its state in its pod, which k8ssandra-operator tells the name of the seeds."""
        variables = {"REAPER_STORAGE_TYPE": "memory", "REAPER_AUTH_ENABLED": "false", **_HTTP}
        path = f"/api/v1/namespaces/{self._namespace}/pods/central"
        self._kubernetes.apply(helenus_pod("central", variables), namespace=self._namespace)
        self._kubernetes.wait_for("the pod to be ready", path, "Ready", TIMEOUT)
        address = self._kubernetes.get(path)["status"]["podIP"]
        assert Operator(self._reconcile, address, ("", "")).reconcile(self._namespace) == "added"
        repair(RestClient(address), self._ring, "stock")

    def repairs_over_http(self) -> int:
        """That its management APIs were asked for until now."""
        words = [f"--selector={GROUP}/datacenter={DATA_CENTER}", "--container=cassandra", "--tail=-1"]
        said = self._kubernetes.kubectl("logs", *words, f"--namespace={self._namespace}")
        return said.count("management: PUT /api/v2/repairs 202")

    def check_undisturbed(self) -> None:
        after = self._center.pods()
        assert _identities(after) == _identities(self._pods), "no pod was replaced"
        assert sum(status["restartCount"] for pod in after for status in container_statuses(pod).values()) == 0
        revisions = self._center.stateful_set()
        assert revisions["currentRevision"] == revisions["updateRevision"], "none is about to be"


@pytest.fixture
def sites(
    request: pytest.FixtureRequest, machine: Machine, kubernetes: Kubernetes, cassandra_images: None
) -> Iterator[list[Site]]:
    """One for each of our manifests; their data centers are not there yet."""
    machine.import_image(images.of_operator(machine.programs))
    with contextlib.ExitStack() as stack:
        made = []
        for how in _NODES:
            namespace = stack.enter_context(new_namespace(kubernetes, f"operator-{how}"))
            stack.enter_context(told_if_failed(request, kubernetes, namespace))
            made.append(Site(machine, kubernetes, namespace, how, http=how == "containers"))
        yield made


def test_sidecars_do_not_hinder_the_operator(sites: list[Site]) -> None:
    """
    With authentication. The operator makes the roles when every pod is ready: sidecars that were not ready before they
    have a role would keep the data center from ever being so. Then another Helenus repairs one of them as well.
    """
    began = time.monotonic()
    for site in sites:
        site.apply()
    for site in sites:
        site.wait_until_there()
        assert not any(client.is_up() for client in site.clients()), "there is no role yet"
    for site in sites:
        site.wait_until_ready()
    figures.report("cass-operator: two data centers with their sidecars, until both are Ready", time.monotonic() - began)
    for site in sites:
        site.start_migration()
    for site in sites:
        site.wait_until_migrated()
        site.repair()
        by_sidecars = site.repairs_over_http()
        assert bool(by_sidecars) == site.http
        if site.http:
            site.repair_from_elsewhere()
            assert site.repairs_over_http() > by_sidecars
        site.check_undisturbed()


def _identities(pods: list[Object]) -> list[str]:
    return sorted(pod["metadata"]["uid"] for pod in pods)
