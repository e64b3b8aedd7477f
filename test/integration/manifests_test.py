"""The manifests of deploy/kubernetes: admitted under the restricted Pod Security standard, and not in disagreement with
the program that they start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from container import Container
from lab.cache import REPOSITORY
from manifests import (
    Object,
    Program,
    check_restricted,
    check_runs,
    programs_of,
    put_secrets,
    read,
    template_of,
)
from service import Ports

FOLDER = REPOSITORY / "deploy" / "kubernetes"
OPERATORS = {"CassandraDatacenter"}  # what it is named and labelled is the affair of its operator


def objects() -> Iterator[tuple[Path, Object]]:
    for file in sorted(FOLDER.rglob("*.yaml")):
        for found in read(file.read_text()):
            yield file.relative_to(FOLDER), found


def of(*kinds: str) -> list[Any]:
    """A parameter for each object of these kinds."""
    return [pytest.param(found, id=str(file)) for file, found in objects() if found["kind"] in kinds]


WORKLOADS = of("Deployment", "StatefulSet", "Job", "CassandraDatacenter")


def program_of(one: Object) -> Program:
    template = template_of(one)
    assert template
    (program,) = programs_of(template["spec"])
    return program


def test_every_object_has_a_name_and_our_label() -> None:
    found = list(objects())
    assert found
    for file, one in found:
        assert one["apiVersion"] and one["metadata"]["name"], file
        if one["kind"] in OPERATORS:
            continue
        assert one["metadata"]["labels"]["app.kubernetes.io/name"] == "helenus", file
        if template := template_of(one):  # what the Services select are daemons
            labels = template["metadata"]["labels"]
            assert (labels["app.kubernetes.io/name"] == "helenus") == (one["kind"] != "Job"), file


def test_what_selects_pods_selects_some_of_its_folder() -> None:
    found = list(objects())
    for file, one in found:
        selector = one["spec"].get("podSelector") or one["spec"].get("selector") or {}
        wanted = selector.get("matchLabels", selector)
        if one["kind"] in ("ServiceMonitor", "PodMonitor") or not wanted:
            continue
        labels = [
            {"cassandra.datastax.com/cluster": other["spec"]["clusterName"],
             "cassandra.datastax.com/datacenter": other["metadata"]["name"]}
            if other["kind"] in OPERATORS else template["metadata"]["labels"]
            for path, other in found
            if path.parts[0] == file.parts[0] and (template := template_of(other))
        ]  # fmt: skip
        assert any(wanted.items() <= one_pod.items() for one_pod in labels), file


@pytest.mark.parametrize("one", of("NetworkPolicy"))
def test_a_policy_lets_out_to_nodes_whichever_way_they_are_asked(one: Object) -> None:
    if "Egress" in one["spec"]["policyTypes"]:
        ports = {port["port"] for rule in one["spec"]["egress"] for port in rule["ports"]}
        assert {7199, 8080, 9000} <= ports


@pytest.mark.parametrize("one", WORKLOADS)
def test_the_restricted_standard_admits_it(one: Object) -> None:
    check_restricted(one)


@pytest.mark.parametrize("one", WORKLOADS)
def test_it_has_the_memory_and_the_time_that_the_program_needs(one: Object) -> None:
    program = program_of(one)
    assert program.spec["resources"] == {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}}
    template = template_of(one)
    if template and "terminationGracePeriodSeconds" in template["spec"]:
        (grace,) = [word for word in program.variables["JAVA_OPTS"].split() if "shutdownGracePeriod" in word]
        # What comes after it: requests end, storage is closed.
        assert template["spec"]["terminationGracePeriodSeconds"] >= int(grace.split("=")[1].rstrip("s")) + 20


@pytest.mark.parametrize("one", of("Deployment", "StatefulSet"))
def test_the_program_understands_its_variables_and_answers_its_probes(
    container: Container, tmp_path: Path, ports: Ports, one: Object
) -> None:
    program = program_of(one)
    assert program.probes.keys() == {"startupProbe", "livenessProbe", "readinessProbe"}
    check_runs(container, tmp_path / "helenus.log", ports, program)


@pytest.mark.parametrize("one", of("CassandraDatacenter"))
def test_a_sidecar_asks_for_nothing_that_cassandra_waits_for(
    container: Container, tmp_path: Path, ports: Ports, one: Object
) -> None:
    program = program_of(one)
    assert program.probes.keys() == {"livenessProbe"}
    assert not {8080, 9000, 9042, 9103, 7199} & set(program.ports()), "the pod has one network"
    assert program.variables["REAPER_DATACENTER_AVAILABILITY"] == "SIDECAR"
    check_runs(container, tmp_path / "helenus.log", ports, program)


def test_sidecars_are_the_same_in_either_list_of_containers() -> None:
    plain, native = (program_of(param.values[0]).spec for param in of("CassandraDatacenter"))
    assert native == plain | {"restartPolicy": "Always"}


@pytest.mark.parametrize("one", of("Job"))
def test_a_job_waits_for_cassandra_and_may_try_again(container: Container, one: Object) -> None:
    program = program_of(one)
    put_secrets(container.root, program)
    done = container.run(*program.spec["args"], "--wait", "1", **program.variables).expect(1)
    assert "not migrated within" in done.output
    never, not_counted = one["spec"]["podFailurePolicy"]["rules"]
    assert never["onExitCodes"]["values"] == [64, 65]
    assert not_counted == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    wrong = program.variables | {"REAPER_CASS_LOCAL_DC": "dc1", "REAPER_CASS_CONTACT_POINTS": ""}
    container.run(*program.spec["args"], "--wait", "1", **wrong).expect(64)
