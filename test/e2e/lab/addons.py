"""What a cluster has besides its components: names."""

from .kubernetes import Object
from .settings import DNS_ADDRESS

DNS_IMAGE = "localhost/coredns:lab"
DNS_PATH = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
_COREFILE = """.:53 {
  errors
  health
  ready
  kubernetes cluster.local {
    ttl 0
  }
}
"""


def dns() -> list[Object]:
    """CoreDNS, and what it may ask the API server."""
    place = {"name": "coredns", "namespace": "kube-system"}
    labels = {"k8s-app": "kube-dns"}
    rules = [
        {"apiGroups": [""], "resources": ["services", "namespaces"], "verbs": ["list", "watch"]},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
    ]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "coredns"}
    ports = [{"name": f"dns-{kind.lower()}", "port": 53, "protocol": kind} for kind in ("UDP", "TCP")]
    pods = {"metadata": {"labels": labels}, "spec": _pod()}
    deployment = {"selector": {"matchLabels": labels}, "template": pods}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": place},
        _rbac("ClusterRole", rules=rules),
        _rbac("ClusterRoleBinding", roleRef=role, subjects=[{"kind": "ServiceAccount"} | place]),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": place, "data": {"Corefile": _COREFILE}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": place, "spec": deployment},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "kube-dns", "namespace": "kube-system"},
            "spec": {"clusterIP": DNS_ADDRESS, "selector": labels, "ports": ports},
        },
    ]


def _rbac(kind: str, **content: object) -> Object:
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "coredns"}, **content}


def _pod() -> Object:
    container = {
        "name": "coredns",
        "image": DNS_IMAGE,
        "imagePullPolicy": "Never",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "securityContext": {"runAsUser": 0},  # for port 53
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1},
        "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns", "readOnly": True}],
    }
    return {
        "serviceAccountName": "coredns",
        "dnsPolicy": "Default",
        "containers": [container],
        "volumes": [{"name": "config", "configMap": {"name": "coredns"}}],
    }
