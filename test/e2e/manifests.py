"""What the tests apply, as k8ssandra-operator writes it: the settings of its pods for security, and its probes."""

from pathlib import Path
from typing import Any

Object = dict[str, Any]

IMAGE = "localhost/helenus:e2e"
_POD_SECURITY = {"runAsNonRoot": True, "fsGroup": 1000}
_SECURITY = {
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "runAsGroup": 1000,
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}
STATE = "/var/lib/cassandra-reaper/storage"


def helenus_pod(name: str, variables: dict[str, str]) -> Object:
    """A pod with embedded storage."""
    container = helenus_container([variable(key, value) for key, value in variables.items()])
    container["volumeMounts"] += [{"name": "state", "mountPath": STATE}]
    spec = pod_spec(container)
    spec["volumes"] += [{"name": "state", "emptyDir": {}}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": spec}


def pod_spec(*containers: Object) -> Object:
    volumes: list[Object] = [{"name": "conf", "emptyDir": {}}, {"name": "temp-dir", "emptyDir": {}}]
    return {"securityContext": dict(_POD_SECURITY), "containers": list(containers), "volumes": volumes}


def helenus_container(env: list[Object]) -> Object:
    """The container `reaper`: no command, no arguments; the probes of the operator, but each second."""
    probe = {"httpGet": {"path": "/healthcheck", "port": 8081}, "periodSeconds": 1}
    return {
        "name": "reaper",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "env": env,
        "ports": [{"name": "app", "containerPort": 8080}, {"name": "admin", "containerPort": 8081}],
        "livenessProbe": dict(probe),
        "readinessProbe": dict(probe),
        "securityContext": dict(_SECURITY),
        "volumeMounts": mounts(),
    }


def mounts() -> list[Object]:
    """All that the operator lets a container with its state in Cassandra write."""
    return [
        {"name": "conf", "mountPath": "/etc/cassandra-reaper/config"},
        {"name": "temp-dir", "mountPath": "/tmp"},
    ]


def variable(name: str, value: str) -> Object:
    return {"name": name, "value": value}


def secret_variable(name: str, secret: str, key: str) -> Object:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def field_variable(name: str, path: str) -> Object:
    """Of the pod itself: `status.podIP`."""
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def service(
    name: str, selector: dict[str, str], ports: dict[str, int], *, headless: bool = False, not_ready: bool = False
) -> Object:
    spec: Object = {
        "selector": selector,
        "ports": [{"name": key, "port": port, "targetPort": key} for key, port in ports.items()],
        "publishNotReadyAddresses": not_ready,
    }
    if headless:
        spec["clusterIP"] = "None"
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def secret(name: str, user: str, password: str) -> Object:
    """As the operator makes them: a login."""
    data = {"username": user, "password": password}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}


def local_volume(folder: Path, namespace: str, claim: str) -> Object:
    """A folder of this machine, for the claim of this name."""
    folder.mkdir(parents=True, exist_ok=True)
    node = {"key": "kubernetes.io/hostname", "operator": "Exists"}
    spec = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "local": {"path": str(folder)},
        "claimRef": {"namespace": namespace, "name": claim},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [node]}]}},
    }
    metadata = {"name": f"{namespace}-{claim}"}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec}


def volume_claim(name: str) -> Object:
    """Of a StatefulSet, for one of those."""
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "", "resources": {"requests": {"storage": "1Gi"}}}
    return {"metadata": {"name": name}, "spec": spec}
