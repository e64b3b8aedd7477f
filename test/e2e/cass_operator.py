"""
The real cass-operator in a namespace, and a data center that it brings up: Apache Cassandra behind a stand-in for the
management API, whose own server is not to be had.
"""

from typing import Any

from e2e.fleet import shipped
from e2e.lab import Kubernetes
from e2e.lab.cassandra_image import NAME
from e2e.lab.images import OPERATOR_IMAGE
from e2e.lab.programs import Programs
from e2e.manifests import Object, field_variable, variable
from e2e.ring import CLUSTER, DATA_CENTER
from lab.node_log import wait_until

GROUP = "cassandra.datastax.com"
_ACCOUNT = "cass-operator"
_TIMEOUT = 300.0  # seconds; a busy machine is slow


def add_resources(kubernetes: Kubernetes, programs: Programs) -> None:
    """What cass-operator and the monitors of Prometheus add to the API."""
    # Their schema is longer than what `apply` could keep in an annotation.
    kubernetes.kubectl("apply", "--server-side", f"--filename={programs.operator_resources}")
    for kind in (f"cassandradatacenters.{GROUP}", "podmonitors.monitoring.coreos.com", "servicemonitors.monitoring.coreos.com"):
        definition = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{kind}"
        kubernetes.wait_for(f"the API of {kind}", definition, "Established", _TIMEOUT)


def start_operator(kubernetes: Kubernetes, namespace: str, programs: Programs) -> None:
    """For this namespace alone. Ends when it is ready."""
    add_resources(kubernetes, programs)
    kubernetes.apply(*_operator(namespace), namespace=namespace)
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/{_ACCOUNT}"
    kubernetes.wait_for("cass-operator", path, "Available", _TIMEOUT)


def _operator(namespace: str) -> list[Object]:
    """As its own manifests have it, but for its rights: here it may do anything, in its namespace."""
    labels = {"name": _ACCOUNT}
    subject = {"kind": "ServiceAccount", "name": _ACCOUNT, "namespace": namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    container = {
        "name": "manager",
        "image": OPERATOR_IMAGE,
        "imagePullPolicy": "Never",
        "env": [field_variable("WATCH_NAMESPACE", "metadata.namespace")],
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8081}, "periodSeconds": 1},
        "securityContext": {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False},
    }
    pods = {"metadata": {"labels": labels}, "spec": {"serviceAccountName": _ACCOUNT, "containers": [container]}}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": _ACCOUNT}},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": _ACCOUNT},
            "subjects": [subject],
            "roleRef": role,
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "images", "labels": {"k8ssandra.io/config": "image"}},
            "data": {"image_config.yaml": _IMAGES},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": _ACCOUNT},
            "spec": {"selector": {"matchLabels": labels}, "template": pods},
        },
    ]


# One image is the server and what writes its configuration.
_IMAGES = f"""
apiVersion: config.k8ssandra.io/v1beta2
kind: ImageConfig
metadata: {{name: images}}
defaults: {{registry: localhost, pullPolicy: Never}}
images:
  k8ssandra-client: {{name: cassandra, tag: "{NAME.rpartition(":")[2]}"}}
types:
  cassandra: {{name: cassandra}}
"""


class Datacenter:
    """One rack, made from a manifest of ours."""

    def __init__(self, kubernetes: Kubernetes, namespace: str, nodes: int):
        self._kubernetes = kubernetes
        self._namespace = namespace
        self._nodes = nodes
        self._path = f"/apis/{GROUP}/v1beta1/namespaces/{namespace}/cassandradatacenters/{DATA_CENTER}"

    def apply(self, manifest: str, **variables: str) -> None:
        """
        `manifest` as we ship it, but smaller: all nodes are on the one node of the lab. Its Helenus gets the `variables`
        besides.
        """
        one = shipped(manifest)
        sidecar_of(one)["env"] += [variable(*more) for more in variables.items()]
        # Else it could not go with its namespace, where there is no operator any more to let it.
        one["metadata"]["annotations"] = {f"{GROUP}/no-finalizer": "true"}
        spec = one["spec"]
        spec |= {"clusterName": CLUSTER, "serverVersion": NAME.rpartition(":")[2], "size": self._nodes}
        spec |= {"allowMultipleNodesPerWorker": True, "disableSystemLoggerSidecar": True}
        spec["resources"] = {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"cpu": "2", "memory": "2Gi"}}
        # By default a processor for each pod.
        spec["configBuilderResources"] = {"requests": {"cpu": "50m", "memory": "64Mi"}}
        claim = spec["storageConfig"]["cassandraDataVolumeClaimSpec"]
        claim |= {"storageClassName": "", "resources": {"requests": {"storage": "1Gi"}}}
        self._kubernetes.apply(one, namespace=self._namespace)

    def wait_until_ready(self) -> None:
        """Every pod is, and the operator has made the roles."""
        self._kubernetes.wait_for("the data center to be ready", self._path, "Ready", self._nodes * _TIMEOUT)

    def pods(self) -> list[Object]:
        return self._kubernetes.pods(self._namespace, f"{GROUP}/datacenter={DATA_CENTER}")

    def wait_until_there(self) -> list[Object]:
        """Its pods, as soon as the container of each Cassandra runs."""
        wait_until("the pods", lambda: sum(map(_runs, self.pods())) == self._nodes, _TIMEOUT)
        return self.pods()

    def stateful_set(self) -> Any:
        """The status of the one it has."""
        path = f"/apis/apps/v1/namespaces/{self._namespace}/statefulsets/{CLUSTER}-{DATA_CENTER}-default-sts"
        return self._kubernetes.get(path)["status"]


def sidecar_of(datacenter: Object) -> Object:
    """The container of Helenus, in whichever list it is."""
    pod = datacenter["spec"]["podTemplateSpec"]["spec"]
    (container,) = [*pod.get("initContainers", []), *pod["containers"]]
    return container


def _runs(pod: Object) -> bool:
    statuses = pod["status"].get("containerStatuses", [])
    return any(one["name"] == "cassandra" and "running" in one["state"] for one in statuses)
