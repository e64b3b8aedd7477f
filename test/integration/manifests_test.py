"""The manifests of deploy/kubernetes: admitted under the restricted Pod Security standard, and not in disagreement with
the program that they start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from container import Container
from lab.cache import REPOSITORY
from lab.node_log import wait_until
from service import STEP_TIMEOUT, Ports, ask

FOLDER = REPOSITORY / "deploy" / "kubernetes"
WORKLOADS = ("Deployment", "Job", "StatefulSet")


def objects() -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted(FOLDER.rglob("*.yaml")):
        for found in yaml.safe_load_all(file.read_text()):
            yield file.relative_to(FOLDER), found


def pods() -> list[Any]:
    """A parameter for each workload."""
    return [
        pytest.param(found["spec"]["template"]["spec"], id=str(file))
        for file, found in objects()
        if found["kind"] in WORKLOADS
    ]


def test_every_object_has_a_name_and_our_label() -> None:
    found = list(objects())
    assert found
    for file, one in found:
        assert one["apiVersion"] and one["metadata"]["name"], file
        assert one["metadata"]["labels"]["app.kubernetes.io/name"] == "helenus", file


@pytest.mark.parametrize("pod", pods())
def test_the_restricted_standard_admits_it(pod: dict[str, Any]) -> None:
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True and security["runAsUser"] > 0
    assert security["seccompProfile"]["type"] == "RuntimeDefault"
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    allowed = {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"}
    assert all(volume.keys() - {"name"} <= allowed for volume in pod.get("volumes", []))
    for one in pod["containers"] + pod.get("initContainers", []):
        security = one["securityContext"]
        assert security["allowPrivilegeEscalation"] is False and security["readOnlyRootFilesystem"] is True
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert all("hostPort" not in port for port in one.get("ports", []))


@pytest.mark.parametrize("pod", [pod for pod in pods() if "embedded" in str(pod.id)])
def test_the_program_understands_its_variables_and_answers_its_probes(
    container: Container, tmp_path: Path, ports: Ports, pod: dict[str, Any]
) -> None:
    (one,) = pod["containers"]
    assert one["args"] == container.image.config["config"]["Cmd"]
    variables = {entry["name"]: entry["value"] for entry in one["env"]}
    for mount in one["volumeMounts"]:
        (container.root / mount["mountPath"][1:]).mkdir(exist_ok=True)
    for name in ("username", "password"):  # of the Secret
        (container.root / "login" / name).write_text(name)
    state = variables["REAPER_MEMORY_STORAGE_DIRECTORY"]
    assert state in {mount["mountPath"] for mount in one["volumeMounts"]}
    daemon = container.start(tmp_path / "helenus.log", ports, state, **variables)
    try:
        named = {port["name"]: port["containerPort"] for port in one["ports"]}
        assert named == {"app": 8080, "admin": 8081}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            get = one[probe]["httpGet"]
            port = ports[("app", "admin").index(get["port"])]
            wait_until(probe, lambda port=port, path=get["path"]: ask(port, path)[0] == 200, STEP_TIMEOUT)
        assert ask(ports[0], "/cluster")[0] == 401
        assert daemon.stop() == 0
        assert "without effect" not in daemon.log.read_text()
    finally:
        if daemon.is_running:
            daemon.kill()
