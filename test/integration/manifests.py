"""What manifests of Kubernetes say, whoever wrote them: files of deploy/kubernetes, or a chart that was rendered."""

import contextlib
import http.client
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from container import STATE, Container
from lab.node_log import wait_until
from programs import STEP_TIMEOUT, Daemon
from service import Ports, ask

Object = dict[str, Any]
APP_PORT, ADMIN_PORT = "REAPER_SERVER_APP_PORT", "REAPER_SERVER_ADMIN_PORT"
SECRET = "secret"
VOLUMES = {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"}


def read(text: str) -> list[Object]:
    return [one for one in yaml.safe_load_all(text) if one]


def template_of(one: Object) -> Object | None:
    """The template of the pods that an object makes."""
    spec = one.get("spec", {})
    if one["kind"] == "Pod":
        return one
    return spec.get("podTemplateSpec") if one["kind"] == "CassandraDatacenter" else spec.get("template")


def containers_of(pod: Object) -> list[Object]:
    return pod["containers"] + pod.get("initContainers", [])


def check_restricted(workload: Object) -> None:
    """The `restricted` Pod Security standard admits its pods, and their root is read-only."""
    template = template_of(workload)
    assert template
    pod = template["spec"]
    claims = {claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", [])}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    volumes = pod.get("volumes", [])
    assert all(volume.keys() - {"name"} <= VOLUMES for volume in volumes)
    for one in containers_of(pod):
        security = pod.get("securityContext", {}) | one["securityContext"]
        assert security["runAsNonRoot"] is True and security.get("runAsUser", 1) > 0
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert security["allowPrivilegeEscalation"] is False and security["readOnlyRootFilesystem"] is True
        assert security["capabilities"] == {"drop": ["ALL"]} and "privileged" not in security
        assert all("hostPort" not in port for port in one.get("ports", []))
        mounts = {mount["name"] for mount in one.get("volumeMounts", [])}
        assert mounts <= {volume["name"] for volume in volumes} | claims


@dataclass(frozen=True)
class Program:
    """A container that runs our image."""

    spec: Object
    variables: dict[str, str]

    @property
    def keeps_state_in_a_folder(self) -> bool:
        return "REAPER_MEMORY_STORAGE_DIRECTORY" in self.variables

    @property
    def is_secure(self) -> bool:
        return "applicationConnectors[0].type=https" in self.variables.get("JAVA_OPTS", "")

    @property
    def probes(self) -> dict[str, Object]:
        return {name: self.spec[name]["httpGet"] for name in self.spec if name.endswith("Probe")}

    def port(self, name: str | int) -> int:
        """Of the container, by its name or number."""
        (found,) = {port["containerPort"] for port in self.spec["ports"] if name in (port["name"], port["containerPort"])}
        return int(found)

    def ports(self) -> Ports:
        """That the variables choose."""
        return int(self.variables.get(APP_PORT, 8080)), int(self.variables.get(ADMIN_PORT, 8081))


def programs_of(pod: Object) -> Iterator[Program]:
    """Keys of Secrets have the value SECRET; $(NAME) is the value of a variable before, as for the kubelet."""
    for one in containers_of(pod):
        known: dict[str, str] = {}
        for entry in one.get("env", []):
            value = entry.get("value", SECRET)
            known[entry["name"]] = re.sub(r"\$\((\w+)\)", lambda name: known.get(name[1], name[0]), value)  # noqa: B023
        yield Program(one, known)


def put_secrets(root: Path, program: Program) -> None:
    """The mounts of a container, with the files that its variables name."""
    for mount in program.spec.get("volumeMounts", []):
        (root / mount["mountPath"][1:]).mkdir(parents=True, exist_ok=True)
    for name, value in program.variables.items():
        if name.endswith("_FILE"):
            (root / value[1:]).write_text(f"{SECRET} of {name}, long enough to sign with")


def start(container: Container, log: Path, ports: Ports, program: Program) -> Daemon:
    """The program as the manifest starts it, but for its ports."""
    assert program.spec["args"] == container.image.config["config"]["Cmd"]
    put_secrets(container.root, program)
    state = program.variables.get("REAPER_MEMORY_STORAGE_DIRECTORY", STATE)
    variables = {name: value for name, value in program.variables.items() if name not in (APP_PORT, ADMIN_PORT)}
    return container.start(log, ports, state, **variables)


def ask_over_tls(port: int, path: str) -> int:
    """The status, whoever it is that answers."""
    anybody = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=anybody, timeout=STEP_TIMEOUT)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status


def check_runs(container: Container, log: Path, ports: Ports, program: Program, *, logins: bool = True) -> None:
    """The program understands its variables, answers its probes, whatever storage does, and ends with what is asked of
    it."""
    assert {program.port(port) for port in program.ports()} == set(program.ports())
    daemon = start(container, log, ports, program)
    try:
        for probe, asked in program.probes.items():
            port = ports[program.ports().index(program.port(asked["port"]))]
            expected = 200 if probe != "readinessProbe" or program.keeps_state_in_a_folder else 503
            wait_until(probe, lambda: ask(port, asked["path"])[0] == expected, STEP_TIMEOUT)  # noqa: B023
        answered = 401 if logins else 200
        asked = ask_over_tls(ports[0], "/cluster") if program.is_secure else ask(ports[0], "/cluster")[0]
        assert asked == (answered if program.keeps_state_in_a_folder else 503)
        assert daemon.stop() == 0
        assert "without effect" not in daemon.log.read_text()
    finally:
        if daemon.is_running:
            daemon.kill()
