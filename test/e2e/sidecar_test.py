"""
Helenus beside Cassandra in every pod. The tests share three nodes and disturb them one after another, in this order; one
that fails ends the others. One that is chosen alone starts them first.
"""

import datetime
import functools
import os
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from e2e import figures
from e2e.fleet import TIMEOUT, Fleet, Run, container_statuses, shipped
from e2e.lab import Kubernetes, Machine
from e2e.lab.processes import kill_containers
from e2e.manifests import Object
from e2e.ring import CLUSTER, DATA_CENTER, Rack
from lab.node_log import wait_until

_GRACE = 30  # seconds that a pod has to end, where its manifest does not say
_KEPT = "helenus.test/kept"  # a finalizer
_SLOWLY = 0.2  # of the time a replica is repaired


@pytest.fixture(scope="module")
def chance() -> random.Random:
    seed = int(os.environ.get("HELENUS_E2E_SEED") or time.time())
    figures.say(f"seed of the sidecars: {seed} (again with HELENUS_E2E_SEED={seed})")
    return random.Random(seed)


@pytest.fixture(scope="module")
def new_fleet(
    machine: Machine, kubernetes: Kubernetes, module_namespace: str, cassandra_images: None, chance: random.Random
) -> Fleet:
    return Fleet(kubernetes, module_namespace, machine.files.folder / "volumes", chance)


@pytest.fixture(autouse=True)
def _in_order(request: pytest.FixtureRequest, new_fleet: Fleet) -> Iterator[None]:
    """What a test left half done is told, and no other test waits for it."""
    failed = request.session.testsfailed
    if new_fleet.broken:
        pytest.skip("a test before this one left the nodes in disorder")
    yield
    if request.session.testsfailed > failed:
        new_fleet.broken = True
        print(new_fleet.kubernetes.state_of(new_fleet.namespace))


@pytest.fixture
def fleet(_in_order: None, new_fleet: Fleet) -> Fleet:
    """Every sidecar is at work, also where the test of their start was not chosen."""
    if not new_fleet.was_started:
        new_fleet.start()
        new_fleet.let_helenus_work()
        new_fleet.wait_until_all_work()
    return new_fleet


def test_all_start_in_any_order_and_wait_for_what_comes_later(new_fleet: Fleet) -> None:
    """Roles are made when every pod is ready, and the schema after them."""
    new_fleet.start()
    ready = time.monotonic()
    assert not any(client.is_up() for client in new_fleet.clients()), "there is no role yet"

    new_fleet.let_helenus_work()
    migrated = time.monotonic()
    new_fleet.wait_until_all_work()
    figures.report("Cassandra ready, to every sidecar at work, the role and the migration between", time.monotonic() - ready)
    figures.report("role, keyspace and schema exist, to every sidecar at work", time.monotonic() - migrated, goal=2)
    for address in new_fleet.ring.addresses():
        assert new_fleet.log_in(address).clusters() == [CLUSTER], "they register it themselves"
    assert new_fleet.restarts() == 0
    assert new_fleet.failed_probes() == []


@pytest.mark.full
def test_every_pod_goes_and_comes_back_elsewhere_during_a_run(fleet: Fleet) -> None:
    """One is evicted, one deleted, one lost with its machine."""
    fleet.kubernetes.apply(_budget(), namespace=fleet.namespace)
    path = f"/apis/policy/v1/namespaces/{fleet.namespace}/poddisruptionbudgets/{CLUSTER}-{DATA_CENTER}-pdb"
    wait_until("the budget", lambda: fleet.kubernetes.get(path)["status"].get("disruptionsAllowed") == 1, TIMEOUT)
    one, another = fleet.plain
    run = Run(fleet, "moving", _SLOWLY)

    def evict(rack: Rack) -> None:
        fleet.evict(rack)
        with pytest.raises(RuntimeError, match="disruption budget"):
            fleet.evict(another)

    def delete(rack: Rack) -> None:
        _check_stops_last(fleet, rack)

    ends = {"evicted": (one, evict), "deleted": (fleet.native, delete), "lost": (another, fleet.lose)}
    for how, (rack, end) in ends.items():
        run.wait_for_more(2)
        began = time.monotonic()
        fleet.replace(rack, end)
        figures.report(f"a pod is {how}, to another one ready in its place", time.monotonic() - began)
    run.wait_for_more(2)
    run.wait_until_done()
    _check_repaired_once(run, interrupted=3)


def _check_stops_last(fleet: Fleet, rack: Rack) -> None:
    """Deletes a pod and holds what it was until it has ended: Cassandra before Helenus, both by themselves."""
    began = time.time()
    ended, answered = _watched_end(fleet, rack)
    figures.report("a pod with a native sidecar, from its deletion to its end", time.time() - began)
    cassandra, helenus = (ended[container]["state"]["terminated"] for container in ("cassandra", "helenus"))
    assert (cassandra["exitCode"], helenus["exitCode"]) == (143, 0), "both have seen SIGTERM, neither SIGKILL"
    assert _time(cassandra["finishedAt"]) <= min(answered, _time(helenus["finishedAt"])), "Helenus was there to the end"
    assert _time(helenus["finishedAt"]) - began < _GRACE


def _watched_end(fleet: Fleet, rack: Rack) -> tuple[dict[str, Object], float]:
    """Deletes a pod. What its containers were at the end, and when Helenus last answered."""
    address = fleet.pod(rack)["status"]["podIP"]
    answered = 0.0
    ended: dict[str, Object] = {}

    def has_ended() -> bool:
        nonlocal answered, ended
        if fleet.answers(address):
            answered = time.time()
        ended = container_statuses(fleet.pod(rack))
        return all("terminated" in status["state"] for status in ended.values())

    fleet.keep(rack, [_KEPT])
    fleet.delete(rack)
    wait_until("the pod to end", has_ended, TIMEOUT)
    fleet.keep(rack, None)
    return ended, answered


def _time(text: str) -> float:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _budget() -> Object:
    """As cass-operator makes it."""
    labels = {"cassandra.datastax.com/cluster": CLUSTER, "cassandra.datastax.com/datacenter": DATA_CENTER}
    spec = {"minAvailable": 2, "selector": {"matchLabels": labels}}
    name = f"{CLUSTER}-{DATA_CENTER}-pdb"
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec}


def _check_repaired_once(run: Run, interrupted: int) -> None:
    """By what Cassandra says. What was under repair when somebody interrupted it may have been repaired again."""
    history = run.history()
    assert history.left_out() == []
    assert history.repeated() <= interrupted
    figures.say(f"{run.keyspace}: {len(history.repairs)} repairs, {history.repeated()} of them for the second time")


def test_all_sidecars_are_killed_in_the_middle_of_segments(fleet: Fleet) -> None:
    """They follow what Cassandra still does."""
    before = fleet.restarts("helenus")
    run = Run(fleet, "killed", _SLOWLY)
    run.wait_for_more(2)
    fleet.kill_sidecars()
    wait_until("their containers to be restarted", lambda: fleet.restarts("helenus") == before + 3, TIMEOUT)
    fleet.wait_until_all_work()
    run.wait_for_more(1)
    run.wait_until_done()
    _check_repaired_once(run, interrupted=1)
    assert fleet.restarts("cassandra") == 0


@pytest.mark.full
def test_a_migration_is_killed_again_and_again(fleet: Fleet, chance: random.Random) -> None:
    """Its pod comes back with another address, and the schema is what a migration in peace makes."""
    keyspace, job = "again", _job("again")
    fleet.kubernetes.apply(job, namespace=fleet.namespace)
    name = job["metadata"]["name"]
    addresses: list[str] = []
    for tables in sorted(chance.sample(range(2, 15), 2)):
        pod = _pod_of_job(fleet, name, addresses)
        wait_until(f"{tables} tables", functools.partial(_has_tables, fleet, keyspace, tables), TIMEOUT)
        kill_containers(container_statuses(pod)["migrate"])
        addresses.append(pod["status"]["podIP"])
    path = f"/apis/batch/v1/namespaces/{fleet.namespace}/jobs/{name}"
    fleet.kubernetes.wait_for("the migration to be done", path, "Complete", TIMEOUT)
    assert fleet.kubernetes.get(path)["status"]["failed"] == 2
    assert _columns(fleet, keyspace) == _columns(fleet, "reaper_db")


def _job(keyspace: str) -> Object:
    """The migration of another keyspace."""
    job = shipped("migration-job.yaml")
    job["metadata"]["name"] += f"-{keyspace}"
    (container,) = job["spec"]["template"]["spec"]["containers"]
    container["env"].append({"name": "REAPER_CASS_KEYSPACE", "value": keyspace})
    return job


def _pod_of_job(fleet: Fleet, job: str, others: list[str]) -> Object:
    """The one that runs, at an address that none had before."""
    found: list[Object] = []

    def runs() -> bool:
        pods = fleet.kubernetes.pods(fleet.namespace, f"job-name={job}")
        running = [pod for pod in pods if pod["status"]["phase"] == "Running" and "podIP" in pod["status"]]
        # The one before may still be said to run.
        found[:] = [pod for pod in running if pod["status"]["podIP"] not in others]
        return bool(found)

    wait_until(f"a pod of {job}", runs, TIMEOUT)
    (pod,) = found
    return pod


def _has_tables(fleet: Fleet, keyspace: str, count: int) -> bool:
    with fleet.ring.session() as session:
        query = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = %s"
        return len(list(session.execute(query, [keyspace]))) >= count


def _columns(fleet: Fleet, keyspace: str) -> set[Any]:
    with fleet.ring.session() as session:
        query = "SELECT table_name, column_name, kind, position, type FROM system_schema.columns WHERE keyspace_name = %s"
        return set(session.execute(query, [keyspace]))


@pytest.mark.full
def test_a_node_joins_during_a_run(fleet: Fleet) -> None:
    """Its sidecar works like the others, and no part of the ring is left out."""
    run = Run(fleet, "growing", _SLOWLY)
    run.wait_for_more(2)
    began = time.monotonic()
    fleet.let_fourth_join()
    figures.report("a node more, from its StatefulSet to Ready", time.monotonic() - began)
    fleet.wait_until_all_work()
    run.wait_until_done()
    assert run.history().left_out() == []
    address = fleet.pod(fleet.fourth)["status"]["podIP"]
    assert fleet.log_in(address).clusters() == [CLUSTER]


@pytest.mark.full
def test_a_node_leaves_during_a_run(fleet: Fleet) -> None:
    """No part of the ring is left out."""
    if not fleet.has_fourth:
        fleet.let_fourth_join()
        fleet.wait_until_all_work()
    run = Run(fleet, "shrinking", _SLOWLY)
    run.wait_for_more(2)
    began = time.monotonic()
    fleet.let_fourth_leave()
    figures.report("a node less, until it has handed over its data", time.monotonic() - began)
    run.wait_until_done()
    assert run.history().left_out() == []
    fleet.wait_until_all_work()
    assert fleet.restarts("cassandra") == 0
