"""The manifests of deploy/kubernetes: admitted under the restricted Pod Security standard, and not in disagreement with
the program that they start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from container import STATE, Container
from lab.cache import REPOSITORY
from lab.node_log import wait_until
from service import STEP_TIMEOUT, Ports, ask

FOLDER = REPOSITORY / "deploy" / "kubernetes"


def objects() -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted(FOLDER.rglob("*.yaml")):
        for found in yaml.safe_load_all(file.read_text()):
            yield file.relative_to(FOLDER), found


def pods(*kinds: str) -> list[Any]:
    """A parameter for each workload."""
    return [
        pytest.param(found["spec"]["template"]["spec"], id=str(file))
        for file, found in objects()
        if found["kind"] in kinds
    ]


def test_every_object_has_a_name_and_our_label() -> None:
    found = list(objects())
    assert found
    for file, one in found:
        assert one["apiVersion"] and one["metadata"]["name"], file
        assert one["metadata"]["labels"]["app.kubernetes.io/name"] == "helenus", file
        if "template" in one["spec"]:  # what the Services select are daemons
            labels = one["spec"]["template"]["metadata"]["labels"]
            assert (labels["app.kubernetes.io/name"] == "helenus") == (one["kind"] == "Deployment"), file


@pytest.mark.parametrize("pod", pods("Deployment", "Job"))
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


def container_of(container: Container, pod: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The one container of a pod, and its variables; the files that these name are there."""
    (one,) = pod["containers"]
    variables = {entry["name"]: entry["value"] for entry in one["env"]}
    for mount in one["volumeMounts"]:
        (container.root / mount["mountPath"][1:]).mkdir(exist_ok=True)
    for name, value in variables.items():
        if name.endswith("_FILE"):
            (container.root / value[1:]).write_text("secret")
    return one, variables


def is_ready_without_cassandra(pod: dict[str, Any]) -> bool:
    return any(entry["name"] == "REAPER_MEMORY_STORAGE_DIRECTORY" for entry in pod["containers"][0]["env"])


@pytest.mark.parametrize("pod", pods("Deployment"))
def test_the_program_understands_its_variables_and_answers_its_probes(
    container: Container, tmp_path: Path, ports: Ports, pod: dict[str, Any]
) -> None:
    one, variables = container_of(container, pod)
    assert one["args"] == container.image.config["config"]["Cmd"]
    state = variables.get("REAPER_MEMORY_STORAGE_DIRECTORY", STATE)
    daemon = container.start(tmp_path / "helenus.log", ports, state, **variables)
    try:
        assert {port["name"]: port["containerPort"] for port in one["ports"]} == {"app": 8080, "admin": 8081}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            port, path = ports[("app", "admin").index(one[probe]["httpGet"]["port"])], one[probe]["httpGet"]["path"]
            expected = 200 if probe != "readinessProbe" or is_ready_without_cassandra(pod) else 503
            wait_until(probe, lambda port=port, path=path, status=expected: ask(port, path)[0] == status, STEP_TIMEOUT)
        assert ask(ports[0], "/cluster")[0] == (401 if is_ready_without_cassandra(pod) else 503)
        assert daemon.stop() == 0
        assert "without effect" not in daemon.log.read_text()
    finally:
        if daemon.is_running:
            daemon.kill()


@pytest.mark.parametrize("pod", pods("Job"))
def test_a_job_waits_for_cassandra_and_may_try_again(container: Container, pod: dict[str, Any]) -> None:
    one, variables = container_of(container, pod)
    done = container.run(*one["args"], "--wait", "1", **variables).expect(1)
    assert "cassandra" in done.output + done.errors
