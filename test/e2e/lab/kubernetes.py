"""The API server, as the tests talk to it: questions over HTTP, the rest by kubectl."""

import json
import ssl
import subprocess
import urllib.error
import urllib.request
from typing import Any

from lab.node_log import wait_until

from .settings import API_SERVER, TOKEN, Files

Object = dict[str, Any]


class Kubernetes:
    """To be used from within the lab's network."""

    def __init__(self, files: Files, kubectl: str = "kubectl"):
        self._files = files
        self._kubectl = kubectl

    def kubectl(self, *words: str, stdin: str = "", timeout: float = 120.0) -> str:
        command = [self._kubectl, f"--kubeconfig={self._files.kubeconfig}", *words]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout)
        if done.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def apply(self, *objects: Object, namespace: str = "") -> None:
        """Fields that Kubernetes does not know are an error."""
        everything = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        where = [f"--namespace={namespace}"] if namespace else []
        self.kubectl("apply", "--validate=strict", "--filename=-", *where, stdin=everything)

    def get(self, path: str) -> Object:
        """What is at a path of the API; urllib.error.HTTPError if it is refused."""
        request = urllib.request.Request(API_SERVER + path, headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=120, context=self._tls()) as reply:
            found: Object = json.load(reply)
            return found

    def find(self, path: str) -> Object | None:
        """None if there is nothing."""
        try:
            return self.get(path)
        except urllib.error.HTTPError as refusal:
            if refusal.code == 404:
                return None
            raise

    def condition(self, path: str, kind: str) -> bool:
        """Whether a condition of the object at this path is true; false while there is no such object."""
        found = self.find(path) or {}
        conditions = found.get("status", {}).get("conditions") or []  # null for a while, of a new kind
        return any(one["type"] == kind and one["status"] == "True" for one in conditions)

    def is_ready(self) -> bool:
        try:
            request = urllib.request.Request(API_SERVER + "/readyz", headers={"Authorization": f"Bearer {TOKEN}"})
            with urllib.request.urlopen(request, timeout=5, context=self._tls()) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def pods(self, namespace: str, labels: str = "") -> list[Object]:
        selector = f"?labelSelector={labels}" if labels else ""
        return list(self.get(f"/api/v1/namespaces/{namespace}/pods{selector}")["items"])

    def failed_probes(self, namespace: str, container: str) -> list[str]:
        """What kubelet said of those of containers with this name."""
        events = self.get(f"/api/v1/namespaces/{namespace}/events?fieldSelector=reason=Unhealthy")["items"]
        return [one["message"] for one in events if f"{{{container}}}" in one["involvedObject"].get("fieldPath", "")]

    def wait_for(self, what: str, path: str, kind: str, timeout: float) -> None:
        wait_until(what, lambda: self.condition(path, kind), timeout)

    def evict(self, namespace: str, name: str) -> None:
        """A pod, as `kubectl drain` does it; RuntimeError if it is refused."""
        pod = {"name": name, "namespace": namespace}
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": pod}
        path = f"/api/v1/namespaces/{namespace}/pods/{name}/eviction"
        self.kubectl("create", "--raw", path, "--filename=-", stdin=json.dumps(eviction))

    def service_address(self, namespace: str, name: str) -> str:
        return str(self.get(f"/api/v1/namespaces/{namespace}/services/{name}")["spec"]["clusterIP"])

    def state_of(self, namespace: str) -> str:
        """For people: what is in a namespace, what happened in it and what its pods say."""
        said = [self.kubectl("get", "pods,jobs,events", "--namespace", namespace, "--output=wide")]
        for pod in self.pods(namespace):
            name = pod["metadata"]["name"]
            for container in pod["spec"].get("initContainers", []) + pod["spec"]["containers"]:
                words = ["logs", name, f"--container={container['name']}", f"--namespace={namespace}", "--tail=40"]
                try:
                    said += [f"--- {name} {container['name']}", self.kubectl(*words)]
                except RuntimeError as none:
                    said += [str(none)]
        return "\n".join(said)

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._files.certificate))
