"""A daemon beside every node: each finds its own, the cluster is registered once, all share a run, and who has stopped
is gone."""

import functools
import json
import time
from pathlib import Path
from typing import Any

from conftest import StateKeyspace
from lab import Cluster, Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, Helenus
from service import Rest, Service
from storage_service_test import QUORUM, stored_segments

ROWS = 300


class Sidecar(Service):
    """A daemon beside one node, with its state in the cluster of that node."""

    def __init__(self, helenus: Helenus, folder: Path, state: StateKeyspace, node: Node):
        folder.mkdir()
        mode = {"datacenterAvailability": "SIDECAR", "enforcedLocalNode": node.address, "schema": "wait"}
        super().__init__(helenus, folder, get_ready=False, grace="10s", **state.settings, **mode)  # the default
        self.node = node

    def status(self) -> Any:
        return json.loads(self.rest.status() or "{}")

    def wait_until_joined(self) -> None:
        wait_until(f"the sidecar of {self.node} to be ready", lambda: self.status().get("ready"), RUN_TIMEOUT)


def make_schema(helenus: Helenus, sidecar: Sidecar) -> None:
    file = str(sidecar.folder / "helenus.yaml")
    helenus.run("migrate", file, "--replication", "auto", timeout=RUN_TIMEOUT).expect(0)


def instances(node: Node, state: StateKeyspace) -> set[str]:
    rows = data.execute(node, f"SELECT reaper_instance_id FROM {state.name}.running_reapers", consistency=QUORUM)
    return {str(row.reaper_instance_id) for row in rows}


def lists(rest: Rest, cluster_name: str) -> bool:
    answer = rest.call("GET", "/cluster")
    return answer.status == 200 and answer.json() == [cluster_name]


def test_each_sidecar_joins_when_its_node_is_there(
    helenus: Helenus, tmp_path: Path, cassandra: Cluster, nodes: list[Node], state: StateKeyspace
) -> None:
    sidecars = [Sidecar(helenus, tmp_path / f"beside-{index}", state, node) for index, node in enumerate(nodes)]
    # Ready before there is a keyspace: pods would never be ready otherwise, and the keyspace never made.
    for sidecar in sidecars:
        wait_until("the probe of a sidecar", sidecar.rest.is_ready, RUN_TIMEOUT)
        assert sidecar.rest.call("GET", "/cluster").status == 503
    nodes[2].stop()
    make_schema(helenus, sidecars[0])
    for sidecar in sidecars[:2]:
        sidecar.wait_until_joined()
        assert sidecar.rest.call("GET", "/reaper/datacenterAvailability").json() == {"datacenterAvailability": "SIDECAR"}

    alone = sidecars[2]
    wait_until("the missing node is named", lambda: f"local node {nodes[2].address}" in alone.rest.status(), RUN_TIMEOUT)
    assert alone.status()["state"] == "joining" and alone.rest.is_ready()
    assert alone.status()["waiting_for"] == "the local node"
    cassandra.heal_if_hurt()
    alone.wait_until_joined()

    stored = data.execute(nodes[0], f"SELECT name, seed_hosts FROM {state.name}.cluster", consistency=QUORUM)
    assert len(stored) == 1 and stored[0].seed_hosts <= {node.address for node in nodes}
    # Storage may refuse for a moment: one of its nodes has just come back.
    for sidecar in sidecars:
        wait_until("the cluster is listed", functools.partial(lists, sidecar.rest, stored[0].name), RUN_TIMEOUT)
    wait_until("three signs of life", lambda: len(instances(nodes[0], state)) == 3, RUN_TIMEOUT)
    before = instances(nodes[0], state)
    assert sidecars[0].daemon.stop() == 0
    assert len(instances(nodes[0], state)) == 2 and instances(nodes[0], state) < before

    nodes[1].stop()  # nothing ends for it, and the node is taken again when it is back
    ring = f"/cluster/{stored[0].name}"
    wait_until("the ring can not be told", lambda: sidecars[1].rest.call("GET", ring).status >= 500, RUN_TIMEOUT)
    assert sidecars[1].rest.is_ready() and sidecars[1].status()["ready"]
    cassandra.heal_if_hurt()
    wait_until("the ring is told again", lambda: sidecars[1].rest.call("GET", ring).status == 200, RUN_TIMEOUT)
    for sidecar in sidecars[1:]:
        assert sidecar.daemon.stop() == 0
    assert instances(nodes[0], state) == set()


def held_nodes(node: Node, state: StateKeyspace, run_id: str) -> list[str]:
    query = f"SELECT node, reaper_instance_id FROM {state.name}.running_repairs WHERE repair_id = {run_id}"
    rows = data.execute(node, query, consistency=QUORUM)
    return [row.node for row in rows if row.reaper_instance_id]


def done(rest: Rest, run_id: str) -> int:
    return int(rest.run(run_id)["segments_repaired"])


def busy_ones(sidecars: list[Sidecar], run_id: str) -> list[Sidecar]:
    """Those whose nodes coordinate a segment now."""
    answer = sidecars[0].rest.call("GET", f"/repair_run/{run_id}/segments")  # a replica of it may stand still
    running = [one for one in answer.json() if one["state"] == "RUNNING"] if answer.status == 200 else []
    hosts = {one["coordinatorHost"] for one in running}
    return [sidecar for sidecar in sidecars if sidecar.node.address in hosts]


def hold_a_segment(sidecars: list[Sidecar], run_id: str, replica: Node) -> Sidecar:
    """The one whose node coordinates a segment that does not end, since the replica stands still from now on."""
    while True:
        wait_until("a segment is under way", lambda: bool(busy_ones(sidecars, run_id)), RUN_TIMEOUT)
        replica.pause()
        time.sleep(0.5)  # within which it would end if it had no need of the replica
        if busy := busy_ones(sidecars, run_id):
            return busy[0]
        replica.resume()


def test_sidecars_share_a_run_and_go_on_after_all_were_killed(
    helenus: Helenus, tmp_path: Path, cassandra: Cluster, nodes: list[Node], keyspace: str, state: StateKeyspace
) -> None:
    table = data.create_table(cassandra, keyspace)
    data.write_rows(nodes[0], table, ROWS)
    data.take_out_of_step(cassandra, nodes[2], table, ROWS, first=ROWS)
    sidecars = [Sidecar(helenus, tmp_path / f"beside-{index}", state, node) for index, node in enumerate(nodes)]
    make_schema(helenus, sidecars[0])
    for sidecar in sidecars:
        sidecar.wait_until_joined()
    rest = sidecars[0].rest
    run_id = rest.start_run(rest.call("GET", "/cluster").json()[0], keyspace, segmentCountPerNode=4)

    wait_until("a segment is done", lambda: done(rest, run_id) >= 1, RUN_TIMEOUT)
    killed = instances(nodes[0], state)
    for sidecar in sidecars:
        sidecar.daemon.kill()
    for sidecar in sidecars:
        sidecar.start(get_ready=False)
    for sidecar in sidecars:
        sidecar.wait_until_joined()
    # One is enough: each node has every range. Who is stopped holds nothing back.
    before = done(rest, run_id)
    wait_until("a segment more is done", lambda: done(rest, run_id) > before, RUN_TIMEOUT)
    assert sidecars[2].daemon.stop() == 0
    stopped = hold_a_segment(sidecars[:2], run_id, nodes[2])
    assert stopped.daemon.stop(timeout=30) == 0, "a pod is killed then"
    nodes[2].resume()
    (left,) = (sidecar for sidecar in sidecars[:2] if sidecar is not stopped)
    wait_until("the run is done", lambda: left.rest.run(run_id)["state"] == "DONE", RUN_TIMEOUT)

    rows = stored_segments(nodes[0], state.name, run_id)
    assert {row.segment_state for row in rows} == {2}
    assert {row.coordinator_host for row in rows} <= {node.address for node in nodes}
    assert data.rows_on(nodes[2], table) == 2 * ROWS
    assert left.daemon.stop() == 0
    assert held_nodes(nodes[0], state, run_id) == []
    assert instances(nodes[0], state) <= killed  # their signs of life end by themselves
