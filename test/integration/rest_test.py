"""The daemon by its REST interface: a real cluster is registered and repaired."""

import urllib.parse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import StartCluster
from lab import Cluster, Node, data, repairs
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, Helenus
from service import Answer, Rest, Service, free_port

ROWS = 500


@pytest.fixture
def service(helenus: Helenus, tmp_path: Path) -> Service:
    return Service(helenus, tmp_path)


@pytest.fixture
def rest(service: Service) -> Rest:
    return service.rest


@pytest.fixture
def cluster_name(rest: Rest, nodes: list[Node]) -> str:
    """The cluster, registered."""
    answer = rest.call("POST", "/cluster", seedHost=nodes[0].address)
    assert answer.status == 201, answer.body
    assert answer.body == "" and answer.location is not None
    return urllib.parse.unquote(answer.location.rsplit("/", 1)[1])


@pytest.fixture
def plan(rest: Rest, cluster_name: str, keyspace: str) -> Callable[..., str]:
    """plan(segmentCountPerNode=2, ...): a run of the test's keyspace; its id."""

    def make(**more: object) -> str:
        answer = rest.call(
            "POST", "/repair_run", clusterName=cluster_name, keyspace=keyspace, owner="test", **more
        )
        assert answer.status == 201, answer.body
        run = answer.json()
        assert run["state"] == "NOT_STARTED" and run["segments_repaired"] == 0
        assert run["last_event"] == "no events"
        assert answer.location is not None and answer.location.endswith(f"/repair_run/{run['id']}")
        return str(run["id"])

    return make


def _wait_for(rest: Rest, run_id: str, what: Callable[[Any], bool]) -> None:
    wait_until(f"run {run_id} is as expected", lambda: what(rest.run(run_id)), RUN_TIMEOUT)


def _wait_until_done(rest: Rest, run_id: str) -> None:
    _wait_for(rest, run_id, lambda run: run["state"] == "DONE")
    run = rest.run(run_id)
    assert run["segments_repaired"] == run["total_segments"]
    assert run["end_time"] is not None and run["last_event"] == "All done"


def test_cluster_is_registered_shown_and_removed(rest: Rest, nodes: list[Node], cluster_name: str) -> None:
    assert rest.call("GET", "/cluster").json() == [cluster_name]
    assert rest.call("POST", "/cluster", seedHost=nodes[0].address).status == 204
    assert rest.call("PUT", f"/cluster/{cluster_name}", seedHost=nodes[0].address).status == 204
    other = rest.call("PUT", "/cluster/other", seedHost=nodes[0].address)
    assert other.status == 400 and "belongs to the cluster" in other.body and "not to 'other'" in other.body
    shown = rest.call("GET", f"/cluster/{cluster_name}").json()
    assert set(shown["seed_hosts"]) >= {node.address for node in nodes}
    state = shown["nodes_status"]["endpointStates"][0]
    assert set(state["endpointNames"]) == {node.address for node in nodes}
    endpoints = [node for racks in state["endpoints"].values() for rack in racks.values() for node in rack]
    assert {node["status"] for node in endpoints} == {"NORMAL - UP"}
    assert rest.call("DELETE", f"/cluster/{cluster_name}").status == 202
    assert rest.call("GET", f"/cluster/{cluster_name}").status == 404


def test_wrong_seeds_are_refused_with_a_reason(rest: Rest, service: Service) -> None:
    unreachable = rest.call("POST", "/cluster", seedHost="127.0.0.1", jmxPort=free_port())
    prefix = "failed to register cluster  with seed host 127.0.0.1: "
    assert unreachable.status == 400 and unreachable.body.startswith(prefix), unreachable.body
    speaks_http = rest.call("POST", "/cluster", seedHost="127.0.0.1", jmxPort=service.ports[0])
    assert speaks_http.status == 400 and speaks_http.body.startswith(prefix), speaks_http.body
    assert speaks_http.body != unreachable.body
    assert rest.call("GET", "/cluster").json() == []


@pytest.mark.parametrize(
    ("parallelism", "told"),
    [("SEQUENTIAL", "sequential"), ("PARALLEL", "parallel"), ("DATACENTER_AWARE", "dc_parallel")],
)
def test_run_repairs_what_is_out_of_step(
    rest: Rest,
    plan: Callable[..., str],
    cassandra: Cluster,
    nodes: list[Node],
    keyspace: str,
    parallelism: str,
    told: str,
) -> None:
    table = data.create_table(cassandra, keyspace)
    data.write_rows(nodes[0], table, ROWS)
    data.take_out_of_step(cassandra, nodes[2], table, ROWS, first=ROWS)
    assert data.rows_on(nodes[2], table) == ROWS
    run_id = plan(segmentCountPerNode=2, repairParallelism=parallelism)
    assert rest.set_state(run_id, "RUNNING") == 200
    _wait_until_done(rest, run_id)
    assert data.rows_on(nodes[2], table) == 2 * ROWS
    assert {repair.options["parallelism"] for repair in repairs.repair_history(nodes[0], keyspace)} == {told}
    segments = rest.segments(run_id)
    assert {segment["state"] for segment in segments} == {"DONE"}
    ranges = [(r["start"], r["end"]) for s in segments for r in s["tokenRange"]["tokenRanges"]]
    assert sorted(ranges) == sorted(set(ranges))
    assert repairs.repaired_ranges(nodes[0], table) == frozenset(ranges)
    assert rest.set_state(run_id, "PAUSED") == 409
    assert rest.call("DELETE", f"/repair_run/{run_id}", owner="somebody").status == 409
    assert rest.call("DELETE", f"/repair_run/{run_id}", owner="TEST").status == 202


def test_run_is_paused_resumed_and_aborted(
    rest: Rest, plan: Callable[..., str], cassandra: Cluster, nodes: list[Node], keyspace: str
) -> None:
    table = data.create_table(cassandra, keyspace)
    data.write_rows(nodes[0], table, ROWS)
    run_id = plan(segmentCountPerNode=16, intensity=0.1)
    assert rest.set_state(run_id, "PAUSED") == 409
    assert rest.set_state(run_id, "RUNNING") == 200
    assert rest.set_state(run_id, "RUNNING") == 204
    _wait_for(rest, run_id, lambda run: run["segments_repaired"] >= 1)
    assert rest.call("PUT", f"/repair_run/{run_id}/intensity/0.5").status == 409
    assert rest.set_state(run_id, "PAUSED") == 200
    assert rest.run(run_id)["pause_time"] is not None
    _wait_for(rest, run_id, lambda run: all(s["state"] in ("DONE", "NOT_STARTED") for s in rest.segments(run_id)))
    assert rest.call("PUT", f"/repair_run/{run_id}/intensity/1.0").status == 200
    assert rest.set_state(run_id, "RUNNING") == 200
    assert rest.set_state(run_id, "ABORTED") == 200
    assert rest.set_state(run_id, "ABORTED") == 204
    assert rest.set_state(run_id, "RUNNING") == 409
    assert rest.run(run_id)["end_time"] is not None


def test_unknown_things_are_refused_by_name(
    rest: Rest, cluster_name: str, cassandra: Cluster, keyspace: str
) -> None:
    def create(**query: object) -> Answer:
        return rest.call("POST", "/repair_run", **({"clusterName": cluster_name, "owner": "test"} | query))

    def refused(status: int, text: str, **query: object) -> None:
        answer = create(**query)
        assert (answer.status, answer.body) == (status, text)

    refused(400, "the query parameter keyspace is required")
    refused(
        404,
        f"cluster {cluster_name} has no keyspace 'no_such_keyspace' that can be repaired",
        keyspace="no_such_keyspace",
    )
    refused(404, f"keyspace {keyspace} has no tables", keyspace=keyspace)
    data.create_table(cassandra, keyspace)
    refused(404, f"keyspace {keyspace} has no table no_such_table", keyspace=keyspace, tables="no_such_table")
    refused(400, 'the intensity is "2"; a number above 0 and at most 1 is accepted', keyspace=keyspace, intensity=2)
    refused(404, 'cluster with name "nope" not found', keyspace=keyspace, clusterName="nope")


def test_segment_that_was_done_is_repaired_again_when_it_is_aborted(
    rest: Rest, plan: Callable[..., str], cassandra: Cluster, nodes: list[Node], keyspace: str
) -> None:
    table = data.create_table(cassandra, keyspace)
    data.write_rows(nodes[0], table, ROWS)
    run_id = plan(segmentCountPerNode=8)
    rest.set_state(run_id, "RUNNING")
    _wait_for(rest, run_id, lambda run: run["segments_repaired"] >= 1)
    assert rest.set_state(run_id, "PAUSED") == 200
    done = next(s["id"] for s in rest.segments(run_id) if s["state"] == "DONE")
    answer = rest.call("POST", f"/repair_run/{run_id}/segments/abort/{done}")
    assert answer.status == 200, answer.body
    after = answer.json()
    assert (after["state"], after["failCount"], after["startTime"]) == ("NOT_STARTED", 1, None)
    assert after["endTime"] is None and after["coordinatorHost"] is None
    assert after in rest.segments(run_id)
    assert rest.set_state(run_id, "RUNNING") == 200
    _wait_until_done(rest, run_id)
    assert {s["id"]: s["failCount"] for s in rest.segments(run_id)}[done] == 1
    refused = rest.call("POST", f"/repair_run/{run_id}/segments/abort/{done}")
    assert refused.status == 409 and refused.body == "Cannot abort segment on repair run with status DONE"


def test_killed_daemon_goes_on_where_it_was(
    service: Service, plan: Callable[..., str], cassandra: Cluster, nodes: list[Node], keyspace: str
) -> None:
    rest = service.rest
    table = data.create_table(cassandra, keyspace)
    data.write_rows(nodes[0], table, ROWS)
    data.take_out_of_step(cassandra, nodes[2], table, ROWS, first=ROWS)
    run_id = plan(segmentCountPerNode=8)
    rest.set_state(run_id, "RUNNING")
    for _ in range(3):
        _wait_for(rest, run_id, lambda run: run["segments_repaired"] >= 1)
        before = rest.run(run_id)["segments_repaired"]
        service.daemon.kill()
        service.start()
        assert rest.run(run_id)["segments_repaired"] >= before
    _wait_until_done(rest, run_id)
    assert data.rows_on(nodes[2], table) == 2 * ROWS


def test_stopped_daemon_leaves_the_run_running_for_the_next(
    service: Service, plan: Callable[..., str], cassandra: Cluster, nodes: list[Node], keyspace: str
) -> None:
    rest = service.rest
    data.create_table(cassandra, keyspace)
    run_id = plan(segmentCountPerNode=8)
    rest.set_state(run_id, "RUNNING")
    assert service.daemon.stop() == 0
    service.start()
    _wait_until_done(rest, run_id)


def test_run_says_that_it_waits_for_a_node_that_is_down_and_goes_on_when_it_is_back(
    rest: Rest, plan: Callable[..., str], cassandra: Cluster, nodes: list[Node], keyspace: str
) -> None:
    data.create_table(cassandra, keyspace)
    run_id = plan(segmentCountPerNode=2)
    nodes[2].stop()
    rest.set_state(run_id, "RUNNING")
    _wait_for(rest, run_id, lambda run: str(run["last_event"]).startswith("Waiting"))
    assert "waiting" not in rest.run(run_id)

    waiting = rest.wait_until_waiting(run_id)
    assert waiting["for"] in ("node_down", "node_unreachable", "retry_delay"), waiting
    assert waiting["since"] and waiting["detail"]
    cassandra.restart(nodes[2])
    _wait_until_done(rest, run_id)


def covered(ranges: Iterable[repairs.TokenRange]) -> bool:
    """Whether each token of the ring is in at least one of the ranges, of which none wraps around."""
    end = -(2**63)
    for begin, following in sorted(ranges):
        if begin > end:
            return False
        end = max(end, following if following > begin else 2**63 - 1)
    return end == 2**63 - 1


def start_slowly(rest: Rest, cluster: Cluster, keyspace: str) -> str:
    """A run that has begun and leaves time for something to happen to the ring."""
    run_id = rest.start_run(cluster.options.name, keyspace, segmentCountPerNode=16, intensity=0.01)
    _wait_for(rest, run_id, lambda run: run["segments_repaired"] > 0)
    return run_id


def end_quickly(rest: Rest, run_id: str) -> None:
    run = rest.run(run_id)
    assert run["state"] == "RUNNING" and run["segments_repaired"] < run["total_segments"]
    assert rest.set_state(run_id, "PAUSED") == 200
    assert rest.call("PUT", f"/repair_run/{run_id}/intensity/1.0").status == 200
    assert rest.set_state(run_id, "RUNNING") == 200
    _wait_until_done(rest, run_id)


def test_a_node_that_joins_or_leaves_during_a_run_changes_the_plan_and_not_the_promise(
    rest: Rest, start_cluster: StartCluster
) -> None:
    cluster = start_cluster(data_centers={"dc1": 2}, num_tokens=4)
    first = cluster.nodes[0]
    keyspace = data.create_keyspace(cluster, "joined", {"dc1": 2})
    data.write_rows(first, data.create_table(cluster, keyspace), ROWS)
    rest.register(first.address)

    run_id = start_slowly(rest, cluster, keyspace)
    third = cluster.add_node()
    end_quickly(rest, run_id)
    growing = repairs.repair_history(first, keyspace)
    assert covered(part for repair in growing for part in repair.successful), growing
    borders = {border for repair in growing for part in repair.successful for border in part}
    assert set(third.tokens) & borders, "ranges were not mapped to the new ring"
    assert third.address in {endpoint for segment in rest.segments(run_id) for endpoint in segment["replicas"]}

    run_id = start_slowly(rest, cluster, keyspace)
    cluster.decommission(third)
    end_quickly(rest, run_id)
    shrinking = repairs.repair_history(first, keyspace)[len(growing) :]
    assert covered(part for repair in shrinking for part in repair.successful), shrinking
    assert {segment["state"] for segment in rest.segments(run_id)} == {"DONE"}
