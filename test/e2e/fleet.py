"""Three nodes of Cassandra, each in a rack of its own, with Helenus beside each by our manifests of sidecars."""

import contextlib
import functools
import json
import random
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from e2e import figures
from e2e.lab import Kubernetes
from e2e.lab.paths import REPOSITORY
from e2e.lab.processes import kill_containers
from e2e.manifests import IMAGE, Object, secret
from e2e.repair_history import RepairHistory, repair_history
from e2e.rest_client import RestClient
from e2e.ring import CLUSTER, Rack, Ring, is_ready
from lab.node_log import wait_until

_SIDECAR = REPOSITORY / "deploy" / "kubernetes" / "sidecar"
_ROLE = ("helenus", "a-secret-of-cassandra")
_LOGIN = ("admin", "a-secret-of-people")
_APP_PORT, _ADMIN_PORT = 7080, 7081
_LONGEST_GAP = 6.0  # seconds between the makings of two pods
_SEGMENTS = 32  # of a run, for each node
TIMEOUT = 600.0  # seconds; a busy machine is slow


class Fleet:
    """`native` is the rack whose Helenus is a native sidecar; in the two `plain` ones it is one more container."""

    def __init__(self, kubernetes: Kubernetes, namespace: str, volumes: Path, chance: random.Random):
        self.kubernetes = kubernetes
        self.namespace = namespace
        self.was_started = self.has_fourth = False
        self.broken = False  # by a test: no other one can go on with it
        self._chance = chance
        one, two, three = chance.sample(["r1", "r2", "r3"], 3)
        self.native = Rack(one, beside=_beside("init-containers"), held=True)
        self.plain = [Rack(two, beside=_beside("containers"), held=True)]
        self.plain += [Rack(three, beside=_beside("containers"), held=True, beside_first=True)]
        self.racks = [self.native, *self.plain]
        self.fourth = Rack("r4", beside=self.native.beside, bootstrap=True)  # comes later
        self.ring = Ring(kubernetes, namespace, self.racks, volumes)

    def start(self) -> None:
        """
        Pods in an order and with gaps that chance chooses. Cassandra starts at once in the first of them, and in the others
        when that node is there, as cass-operator has it. Ends when all pods are ready, without a role for Helenus.
        """
        self.was_started = True
        secrets = [secret("helenus-cassandra-login", *_ROLE), secret("helenus-login", *_LOGIN)]
        self.kubernetes.apply(*secrets, namespace=self.namespace)
        first, *others = self._chance.sample(self.racks, 3)
        figures.say(f"order of pods: {', '.join(self._kind(rack) for rack in (first, *others))}")
        self.ring.start(first)
        self.ring.release(first)
        for rack in others:
            time.sleep(self._chance.uniform(0, _LONGEST_GAP))
            self.ring.start_rack(rack)
        self.ring.wait_until_ready(first)
        for rack in self._chance.sample(others, 2):
            self.ring.release(rack)
            time.sleep(self._chance.uniform(0, _LONGEST_GAP))
        self.ring.wait_until_up()

    def let_helenus_work(self) -> None:
        """A role for it, and the Job that makes its schema."""
        self.ring.create_role(*_ROLE)
        self.kubernetes.apply(shipped("migration-job.yaml"), namespace=self.namespace)
        job = f"/apis/batch/v1/namespaces/{self.namespace}/jobs/helenus-schema"
        self.kubernetes.wait_for("the migration to be done", job, "Complete", TIMEOUT)

    def let_fourth_join(self) -> None:
        """A node more; its Helenus may not be at work yet."""
        self.ring.start_rack(self.fourth)
        self.ring.wait_until_ready(self.fourth)
        self.has_fourth = True

    def let_fourth_leave(self) -> None:
        self.ring.remove_rack(self.fourth)
        self.has_fourth = False

    def clients(self) -> list[RestClient]:
        """Of all sidecars whose pod is ready; not logged in."""
        return [RestClient(address, _APP_PORT) for address in self.ring.addresses()]

    def log_in(self, address: str) -> RestClient:
        """At the sidecar there."""
        client = RestClient(address, _APP_PORT)
        client.log_in(*_LOGIN)
        return client

    def wait_until_all_work(self) -> None:
        """Of the pods that are ready."""
        wait_until("every sidecar to be at work", lambda: all(one.is_up() for one in self.clients()), TIMEOUT)

    # One pod of a rack, and how it may end.

    def pod(self, rack: Rack) -> Object:
        return self.kubernetes.get(self.path(rack))

    def path(self, rack: Rack) -> str:
        return f"/api/v1/namespaces/{self.namespace}/pods/{rack.set_name}-0"

    def evict(self, rack: Rack) -> None:
        """As `kubectl drain` does it; RuntimeError if it is refused."""
        self.kubernetes.evict(self.namespace, f"{rack.set_name}-0")

    def delete(self, rack: Rack, *words: str) -> None:
        name = f"{rack.set_name}-0"
        self.kubernetes.kubectl("delete", "pod", name, f"--namespace={self.namespace}", "--wait=false", *words)

    def keep(self, rack: Rack, finalizers: list[str] | None) -> None:
        """What there is of a pod, after its end, until there are no finalizers any more."""
        patch = json.dumps({"metadata": {"finalizers": finalizers}})
        words = [f"{rack.set_name}-0", f"--namespace={self.namespace}", "--type=merge", f"--patch={patch}"]
        self.kubernetes.kubectl("patch", "pod", *words)

    def lose(self, rack: Rack) -> None:
        """As with its machine: nothing in it has time for anything, then somebody says that it is gone."""
        kill_containers(*container_statuses(self.pod(rack)).values())
        self.delete(rack, "--force", "--grace-period=0")

    def replace(self, rack: Rack, end: Callable[[Rack], None]) -> None:
        """`end` ends the pod; another one is ready in its place, at another address."""
        before = self.pod(rack)
        end(rack)
        wait_until(f"another pod of {rack.name}", lambda: self._is_another(rack, before), TIMEOUT)
        assert self.pod(rack)["status"]["podIP"] != before["status"]["podIP"]

    def _is_another(self, rack: Rack, before: Object) -> bool:
        found = self.kubernetes.find(self.path(rack))
        return found is not None and found["metadata"]["uid"] != before["metadata"]["uid"] and is_ready(found)

    def kill_sidecars(self) -> None:
        kill_containers(*(container_statuses(pod)["helenus"] for pod in self.ring.pods()))

    # What happened to them.

    def restarts(self, container: str = "") -> int:
        """Of all containers, or of those with this name, in the pods that are there."""
        statuses = [status for pod in self.ring.pods() for status in container_statuses(pod).values()]
        return sum(status["restartCount"] for status in statuses if container in ("", status["name"]))

    def failed_probes(self) -> list[str]:
        """What kubelet said of those of Helenus."""
        return self.kubernetes.failed_probes(self.namespace, "helenus")

    def answers(self, address: str) -> bool:
        """Whether the process beside a node says that it is alive."""
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://{address}:{_ADMIN_PORT}/livez", timeout=1) as reply:
                return bool(reply.status == 200)
        return False

    def _kind(self, rack: Rack) -> str:
        how = "a native sidecar" if rack is self.native else "Helenus first" if rack.beside_first else "Cassandra first"
        return f"{rack.name} ({how})"


class Run:
    """A repair of a keyspace of its own, with a row here and there, as any sidecar tells of it."""

    def __init__(self, fleet: Fleet, keyspace: str, intensity: float = 1.0):
        self._fleet = fleet
        self.keyspace = keyspace
        fleet.ring.create_keyspace(keyspace)
        rows = (f"INSERT INTO {keyspace}.carts (k, v) VALUES ({key}, 'x')" for key in range(20))
        fleet.ring.execute(f"CREATE TABLE {keyspace}.carts (k int PRIMARY KEY, v text)", *rows)
        client = fleet.log_in(fleet.ring.addresses()[0])
        self._id = client.plan(CLUSTER, keyspace, segmentCountPerNode=_SEGMENTS, intensity=intensity)
        client.start(self._id)

    def wait_for_more(self, segments: int) -> None:
        """Until so many more are done than now, and one is being repaired."""
        wanted = self.done() + segments
        wait_until(f"{segments} segments more of {self.keyspace}", lambda: self.done() >= wanted, TIMEOUT)
        wait_until(f"a segment of {self.keyspace} under repair", self._is_repairing, TIMEOUT)
        assert self.tell()["state"] == "RUNNING", "it was over too early to be disturbed"

    def wait_until_done(self) -> None:
        wait_until(f"the repair of {self.keyspace} to be done", lambda: self.tell()["state"] == "DONE", TIMEOUT)
        told = self.tell()
        assert told["segments_repaired"] == told["total_segments"] >= _SEGMENTS

    def done(self) -> int:
        return int(self.tell()["segments_repaired"])

    def history(self) -> RepairHistory:
        return repair_history(self._fleet.ring, self.keyspace)

    def tell(self) -> Any:
        return self._ask(lambda client: client.run(self._id))

    def _is_repairing(self) -> bool:
        segments = self._ask(lambda client: client.segments(self._id))
        return any(segment["state"] == "RUNNING" for segment in segments)

    def _ask(self, question: Callable[[RestClient], Any]) -> Any:
        """Of the first that answers: some may be on their way, and storage may miss a node for a moment."""
        answers: list[Any] = []
        wait_until("a sidecar to answer", functools.partial(self._has_answer, question, answers), TIMEOUT)
        return answers[0]

    def _has_answer(self, question: Callable[[RestClient], Any], answers: list[Any]) -> bool:
        for address in self._fleet.ring.addresses():
            with contextlib.suppress(OSError, AssertionError):
                answers.append(question(self._fleet.log_in(address)))
                return True
        return False


def container_statuses(pod: Object) -> dict[str, Object]:
    """By name, those of sidecars among them."""
    status = pod["status"]
    every = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    return {one["name"]: one for one in every}


def shipped(file: str) -> Object:
    """A manifest as we ship it, but with the names and the image of this lab."""
    text = (_SIDECAR / file).read_text()
    one: Object = yaml.safe_load(text.replace("shop-dc1", f"{CLUSTER}-dc1").replace("localhost/helenus:latest", IMAGE))
    return one


def _beside(folder: str) -> Object:
    """Its probe is asked each second, and the other two with it: none of them may ever fail."""
    spec: Object = shipped(f"{folder}/datacenter.yaml")["spec"]["podTemplateSpec"]["spec"]
    (container,) = [*spec.get("initContainers", []), *spec["containers"]]
    for probe, path in (("livenessProbe", "livez"), ("readinessProbe", "readyz"), ("startupProbe", "startupz")):
        container[probe] = {"httpGet": {"path": f"/{path}", "port": _ADMIN_PORT}, "periodSeconds": 1}
    return spec
