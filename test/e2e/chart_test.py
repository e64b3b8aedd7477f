"""The Helm chart, rendered: its values are checked, the restricted Pod Security standard admits it, and the program
understands what it is told; and installed. HELENUS_HELM names another helm than the lab's."""

import json
import os
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from container import Container
from e2e.cass_operator import add_resources
from e2e.lab import Kubernetes, Machine
from e2e.lab.programs import build_programs
from e2e.manifests import IMAGE, local_volume, secret
from e2e.operator_client import Operator
from e2e.ring import CLUSTER, DATA_CENTER, Rack, Ring
from lab.cache import REPOSITORY
from lab.node_log import wait_until
from manifests import (
    SECRET,
    Object,
    Program,
    check_restricted,
    check_runs,
    programs_of,
    put_secrets,
    read,
    template_of,
)
from programs import build_folder
from service import free_ports

TIMEOUT = 300.0  # seconds; a busy machine is slow
STATUS = ("helenus", "status")
LOGIN = ("ana", "secret")
CHART = REPOSITORY / "deploy" / "helm" / "helenus"
CONTACT_POINT = {"host": "shop-dc1-service", "port": 9142}
CASSANDRA = {"storage": {"type": "cassandra", "cassandra": {"contactPoints": [CONTACT_POINT]}}}
EVERYTHING: dict[str, Any] = CASSANDRA | {
    "secrets": {
        "readOnlyLogin": "readers", "tokens": "tokens", "cassandraLogin": "cassandra", "jmxLogin": "jmx",
        "cryptograph": "cryptograph", "keyStores": "stores", "serverCertificate": "certificate",
        "managementStores": "management", "managementStoresOfClusters": "managements",
    },
    "httpManagement": {"enabled": True, "port": 8090, "metricsPort": 9090, "metricsTLS": True},
    "tls": {"cassandra": True, "jmx": True, "clientCertificate": True},
    "environment": [{"name": "REAPER_MAX_PARALLEL_REPAIRS", "value": "4"}],
    "javaOptions": ["-Ddw.numberOfRunsToKeepPerUnit=20"],
    "shutdownGraceSeconds": 100, "replicas": 3,
    "monitoring": {"kind": "PodMonitor", "labels": {"release": "prometheus"}},
    "podLabels": {"team": "data"}, "podAnnotations": {"note": "of ours"},
    "tolerations": [{"operator": "Exists"}], "nodeSelector": {"disk": "ssd"}, "priorityClassName": "system-cluster-critical",
    "imagePullSecrets": [{"name": "registry"}],
}  # fmt: skip
CASES = {
    "defaults": {},
    "open": {"secrets": {"login": ""}, "networkPolicy": {"enabled": False}, "monitoring": {"kind": "ServiceMonitor"}},
    "cassandra": CASSANDRA,
    "http management": {"httpManagement": {"enabled": True}},
    "https": {"secrets": {"serverCertificate": "certificate"}},
    "bare cassandra": CASSANDRA | {"secrets": {"login": ""}, "migration": {"enabled": False}},
    "everything": EVERYTHING,
}
EACH_CASE = pytest.mark.parametrize("values", CASES.values(), ids=CASES.keys())
Helm = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def helm(tmp_path: Path) -> Helm:
    """helm(values, "template", ...)"""
    program = os.environ.get("HELENUS_HELM") or build_programs().helm

    def run(values: dict[str, Any], command: str, *words: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "values.json"
        file.write_text(json.dumps(values))
        name = ["release"] if command == "template" else []
        return subprocess.run(
            [program, command, *name, str(CHART), "--kube-version", "1.34.0", "--values", str(file), *words],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    return run


@pytest.fixture
def render(helm: Helm) -> Callable[[dict[str, Any]], list[Object]]:
    def run(values: dict[str, Any]) -> list[Object]:
        done = helm(values, "template")
        assert done.returncode == 0, done.stderr
        return read(done.stdout)

    return run


Render = Callable[[dict[str, Any]], list[Object]]


@pytest.fixture(scope="module")
def unpacked_image(tmp_path_factory: pytest.TempPathFactory) -> Container:
    binary = Path(os.environ.get("HELENUS_BINARY") or build_folder() / "helenus")
    made = Container(tmp_path_factory.mktemp("image"), binary.resolve())
    put_key_stores(made.root / "secrets")
    return made


def put_key_stores(parent: Path) -> None:
    folder, own = parent / "key-stores", parent / "server-certificate"
    folder.mkdir(parents=True)
    own.mkdir()
    key, certificate = own / "tls.key", own / "tls.crt"
    for words in (
        f"req -x509 -newkey rsa:2048 -nodes -subj /CN=helenus -keyout {key} -out {certificate}",
        f"pkcs12 -export -in {certificate} -inkey {key} -passout pass:{SECRET} -out {folder / 'keystore'}",
        f"pkcs12 -export -in {certificate} -nokeys -passout pass:{SECRET} -out {folder / 'truststore'}",
    ):
        subprocess.run(["openssl", *words.split()], check=True, capture_output=True)
    for name in ("keystore-password", "truststore-password"):
        (folder / name).write_text(SECRET)
    for file in (*folder.iterdir(), *own.iterdir()):
        file.chmod(0o644)


def one_of(objects: list[Object], *kinds: str) -> Object:
    (found,) = [one for one in objects if one["kind"] in kinds]
    return found


def program_of(one: Object) -> Program:
    template = template_of(one)
    assert template
    (program,) = programs_of(template["spec"])
    return program


@EACH_CASE
def test_helm_finds_nothing_to_blame(helm: Helm, values: dict[str, Any]) -> None:
    done = helm(values, "lint", "--strict")
    assert done.returncode == 0, done.stdout + done.stderr


@EACH_CASE
def test_the_restricted_standard_admits_every_pod(render: Render, values: dict[str, Any]) -> None:
    workloads = [one for one in render(values) if template_of(one)]
    assert len(workloads) >= 2  # the daemon and the test
    for one in workloads:
        check_restricted(one)


@EACH_CASE
def test_the_daemon_is_started_with_what_it_understands(
    render: Render, unpacked_image: Container, tmp_path: Path, values: dict[str, Any]
) -> None:
    workload = one_of(render(values), "StatefulSet", "Deployment")
    program = program_of(workload)
    logins = program.variables["REAPER_AUTH_ENABLED"] == "true"
    check_runs(unpacked_image, tmp_path / "helenus.log", free_ports(), program, logins=logins)
    grace = values.get("shutdownGraceSeconds", 25)
    assert f"-Ddw.server.shutdownGracePeriod={grace}s" in program.variables["JAVA_OPTS"]
    assert workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == grace + 35


@pytest.mark.parametrize("values", [CASSANDRA, EVERYTHING], ids=["cassandra", "everything"])
def test_the_job_waits_for_cassandra(render: Render, unpacked_image: Container, values: dict[str, Any]) -> None:
    program = program_of(one_of(render(values), "Job"))
    put_secrets(unpacked_image.root, program)
    done = unpacked_image.run(*program.spec["args"], "--wait", "1", **program.variables).expect(1)
    assert "not migrated within" in done.output


def test_another_pod_is_another_job(render: Render) -> None:
    """A Job can not be changed."""
    names = {
        one_of(render(CASSANDRA | more), "Job")["metadata"]["name"]
        for more in ({}, {}, {"image": {"tag": "2"}}, {"migration": {"replication": "dc1:3"}})
    }
    assert len(names) == 3


def test_the_service_selects_daemons_only(render: Render) -> None:
    objects = render(EVERYTHING)
    selector = one_of(objects, "Service")["spec"]["selector"]
    labels = {one["kind"]: template["metadata"]["labels"] for one in objects if (template := template_of(one))}
    assert [kind for kind, its in labels.items() if selector.items() <= its.items()] == ["Deployment"]
    selectors = {"NetworkPolicy": "podSelector", "PodDisruptionBudget": "selector", "PodMonitor": "selector"}
    for kind, key in selectors.items():
        assert one_of(objects, kind)["spec"][key]["matchLabels"] == selector
    service_monitor = one_of(render(CASES["open"]), "ServiceMonitor")
    assert service_monitor["spec"]["selector"]["matchLabels"] == selector


def test_the_policy_lets_out_to_what_was_configured(render: Render) -> None:
    def ports(values: dict[str, Any]) -> list[int]:
        egress = one_of(render(values), "NetworkPolicy")["spec"]["egress"]
        return [port["port"] for port in egress[1]["ports"]]

    assert ports(CASSANDRA) == [7199, 9142]
    assert ports(CASES["http management"]) == [8080, 9000]
    assert ports(EVERYTHING) == [8090, 9090, 9142]


def test_the_test_asks_the_service(render: Render, unpacked_image: Container) -> None:
    objects = render({})
    pod = one_of(objects, "Pod")
    (program,) = programs_of(pod["spec"])
    command, host, port, *rest = program.spec["args"]
    service = one_of(objects, "Service")
    assert host == service["metadata"]["name"] and int(port) in [one["port"] for one in service["spec"]["ports"]]
    unpacked_image.run(command, "127.0.0.1", "1", *rest[:1], "0").expect(1)


def test_no_secret_is_in_what_is_rendered(render: Render) -> None:
    """Only references."""
    objects = render(EVERYTHING)
    assert not [one for one in objects if one["kind"] in ("Secret", "ConfigMap")]
    for kind in ("Deployment", "Job"):
        for entry in program_of(one_of(objects, kind)).spec["env"]:
            if "PASSWORD" in entry["name"]:
                assert entry["name"].endswith("_FILE") or "secretKeyRef" in entry["valueFrom"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"storage": {"type": "cassandra"}}, "contactPoints"),
        ({"tls": {"jmx": True}}, "keyStores"),
        ({"httpManagement": {"enabled": True, "metricsTLS": True}}, "managementStores"),
        ({"replicas": 2}, "replicas"),
        ({"environment": [{"name": "JAVA_OPTS", "value": "-Dx=y"}]}, "environment"),
        ({"migration": {"replication": "three"}}, "replication"),
        ({"shutdownGraceSeconds": "25s"}, "shutdownGraceSeconds"),
    ],
)
def test_wrong_values_are_refused_by_name(helm: Helm, values: dict[str, Any], said: str) -> None:
    done = helm(values, "template")
    assert done.returncode != 0 and said in done.stderr


# From here on with a Kubernetes.

INSTALLED: dict[str, Any] = {"image": {"repository": IMAGE.split(":")[0], "tag": IMAGE.split(":")[1]}}


@pytest.fixture
def restricted(kubernetes: Kubernetes) -> Iterator[str]:
    """A namespace that admits nothing but what the restricted standard does."""
    name = f"chart-{secrets.token_hex(4)}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kubernetes.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    path = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    wait_until("its account", lambda: kubernetes.find(path) is not None, TIMEOUT)
    yield name
    kubernetes.kubectl("delete", "namespace", name, "--wait=false")


def pod_of(template: Object, name: str) -> Object:
    """A pod as a controller would make it."""
    spec = dict(template["spec"])
    spec["containers"] = spec["containers"] or [{"name": "cassandra", "image": "cassandra"}]
    if not template["spec"]["containers"]:  # a sidecar beside what an operator adds
        spec["containers"][0]["securityContext"] = spec["initContainers"][0]["securityContext"]
    if "securityContext" not in spec:  # as cass-operator has it
        spec["securityContext"] = {"runAsNonRoot": True, "runAsUser": 999, "runAsGroup": 999, "fsGroup": 999}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def claimed(one: Object, pod: Object) -> Object:
    """With the volumes that a StatefulSet would have made."""
    claims = [claim["metadata"]["name"] for claim in one["spec"].get("volumeClaimTemplates", [])]
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]
    return pod | {"spec": pod["spec"] | {"volumes": pod["spec"].get("volumes", []) + volumes}}


def test_the_api_server_takes_every_object_and_the_restricted_standard_its_pods(
    machine: Machine, kubernetes: Kubernetes, restricted: str, render: Render
) -> None:
    """Those of the chart, and those of deploy/kubernetes."""
    add_resources(kubernetes, machine.programs)
    files = sorted((REPOSITORY / "deploy" / "kubernetes").rglob("*.yaml"))
    written = [one for file in files for one in read(file.read_text())]
    for number, one in enumerate(written + render(EVERYTHING) + render({})):
        dry = ("--dry-run=server", "--validate=strict", f"--namespace={restricted}", "--filename=-")
        kubernetes.kubectl("create", *dry, stdin=json.dumps(one))
        if template := template_of(one):
            pod = claimed(one, pod_of(template, f"pod-{number}"))
            kubernetes.kubectl("create", *dry, stdin=json.dumps(pod))


class Release:
    """One by the name `helenus`, with a Secret for its login."""

    def __init__(self, machine: Machine, kubernetes: Kubernetes, namespace: str, values: Path):
        self._machine = machine
        self._kubernetes = kubernetes
        self._namespace = namespace
        self._values = values
        kubernetes.apply(secret("helenus-login", *LOGIN), namespace=namespace)

    def helm(self, command: str, *words: str, wait: bool = True, **values: Any) -> str:
        self._values.write_text(json.dumps(INSTALLED | values))
        chart = [str(CHART), "--values", str(self._values)] if command in ("install", "upgrade") else []
        waiting = ["--wait"] if wait and command in ("install", "upgrade", "rollback") else []
        options = [f"--namespace={self._namespace}", f"--timeout={TIMEOUT:.0f}s", *waiting]
        return self._machine.run("helm", command, "helenus", *chart, *words, *options, timeout=2 * TIMEOUT)

    def passes_its_test(self) -> bool:
        return "Phase:          Succeeded" in self.helm("test")

    def says(self, kind: str) -> str:
        """What the daemon in its pod does or waits for."""
        try:
            return self._kubernetes.kubectl("exec", f"{kind}/helenus", f"--namespace={self._namespace}", "--", *STATUS)
        except RuntimeError as not_ready:
            return str(not_ready)


@pytest.fixture
def release(machine: Machine, kubernetes: Kubernetes, restricted: str, tmp_path: Path) -> Release:
    return Release(machine, kubernetes, restricted, tmp_path / "values.json")


def test_a_release_is_installed_tested_upgraded_and_rolled_back(
    kubernetes: Kubernetes, restricted: str, release: Release, tmp_path: Path
) -> None:
    kubernetes.apply(local_volume(tmp_path / "state", restricted, "state-helenus-0"))
    said = release.helm("install")
    assert "helenus status" in said and "helenus-login" in said
    assert release.passes_its_test()
    pod = f"/api/v1/namespaces/{restricted}/pods/helenus-0"
    first = kubernetes.get(pod)
    assert first["status"]["qosClass"] == "Burstable" and not first["status"]["containerStatuses"][0]["restartCount"]
    assert '"state":"ready"' in release.says("statefulset")
    release.helm("upgrade", shutdownGraceSeconds=5)
    assert kubernetes.get(pod)["spec"]["terminationGracePeriodSeconds"] == 40
    release.helm("rollback", "1")
    assert kubernetes.get(pod)["spec"]["terminationGracePeriodSeconds"] == 60
    assert release.passes_its_test()
    assert list((tmp_path / "state").glob("*.db")), "the state is in the volume"
    release.helm("uninstall")


def test_a_release_with_its_state_in_cassandra(
    machine: Machine, kubernetes: Kubernetes, restricted: str, release: Release, namespace: str, cassandra_images: None
) -> None:
    """Installed before there is Cassandra, which wants logins. Its Job makes the keyspace and the tables."""
    role = ("helenus", "a-secret-of-cassandra")
    kubernetes.apply(secret("helenus-cassandra-login", *role), namespace=restricted)
    storage = {"contactPoints": [{"host": f"{CLUSTER}-{DATA_CENTER}-service.{namespace}", "port": 9042}]}
    logins = {"cassandraLogin": "helenus-cassandra-login", "jmxLogin": "helenus-cassandra-login"}
    values = {"storage": {"type": "cassandra", "cassandra": storage}, "secrets": logins}
    workload = f"/apis/apps/v1/namespaces/{restricted}/deployments/helenus"
    jobs = f"/apis/batch/v1/namespaces/{restricted}/jobs"

    def only_job() -> Object:
        (job,) = kubernetes.get(jobs)["items"]
        return dict(job)

    def wait_for_pods(count: int) -> None:
        """Helm is content with the new ones, and those before them may still be counted."""
        wait_until(
            f"{count} pods to be available",
            lambda: kubernetes.get(workload)["status"].get("availableReplicas") == count,
            TIMEOUT,
        )

    assert "helenus-schema" in release.helm("install", wait=False, **values)
    ring = Ring(kubernetes, namespace, [Rack(remote_jmx=True)])
    ring.start()
    ring.wait_until_up()
    missing = "the role of Helenus in storage"
    wait_until("the daemon to miss its role", lambda: missing in release.says("deployment"), TIMEOUT)
    ring.create_role(*role)
    assert release.passes_its_test()
    # The daemon is ready when the schema is there, a moment before the pod that made it has ended.
    kubernetes.wait_for("the migration to be done", f"{jobs}/{only_job()['metadata']['name']}", "Complete", TIMEOUT)
    first = only_job()
    assert first["status"]["succeeded"] == 1 and not first["status"].get("failed")
    address = kubernetes.service_address(restricted, "helenus")
    operator = Operator(machine.programs.reconcile, address, LOGIN)
    assert operator.reconcile(namespace) == "added"

    # The node has both: JMX, and a management API.
    release.helm("upgrade", **values, replicas=2, httpManagement={"enabled": True})
    wait_for_pods(2)
    second = only_job()
    assert second["metadata"]["name"] != first["metadata"]["name"], "its pod is another one"
    assert operator.reconcile(namespace, reference=True) == "added", "its node is asked over HTTP"
    release.helm("rollback", "1")
    wait_for_pods(1)
    assert only_job()["metadata"]["name"] == first["metadata"]["name"]
    assert operator.reconcile(namespace) == "known"

    release.helm("uninstall")
    wait_until("its pods to be gone", lambda: kubernetes.pods(restricted) == [], TIMEOUT)
    with ring.session() as session:
        assert [row.name for row in session.execute("SELECT name FROM reaper_db.cluster")] == [CLUSTER], "the state stays"
