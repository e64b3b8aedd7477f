"""A pod of the image of Helenus alone, as Kubernetes sees it."""

import datetime
import time

from e2e import figures
from e2e.lab import Kubernetes
from e2e.manifests import helenus_pod
from lab.node_log import wait_until

_TIMEOUT = 120.0  # seconds; a busy machine is slow


def test_a_pod_is_ready_soon_after_its_container_starts(kubernetes: Kubernetes) -> None:
    path = "/api/v1/namespaces/default/pods/alone"
    kubernetes.apply(helenus_pod("alone", {"REAPER_STORAGE_TYPE": "memory", "REAPER_AUTH_ENABLED": "false"}))
    kubernetes.wait_for("the pod to be ready", path, "Ready", _TIMEOUT)
    ready = time.time()
    figures.report("container start to Ready, probe period 1 s", ready - _first_word(kubernetes, "alone"), goal=2.0)
    status = kubernetes.get(path)["status"]["containerStatuses"][0]
    assert status["restartCount"] == 0
    kubernetes.kubectl("delete", "pod", "alone", "--wait=false")
    wait_until("the pod to be gone", lambda: kubernetes.find(path) is None, _TIMEOUT)


def _first_word(kubernetes: Kubernetes, pod: str) -> float:
    """When the program of a pod first said something, by the clock of the node, which is ours."""
    stamp = kubernetes.kubectl("logs", pod, "--timestamps").split(" ", 1)[0]
    # Nanoseconds are more than Python reads.
    return datetime.datetime.fromisoformat(stamp[:26].rstrip("Z") + "+00:00").timestamp()
