"""Nodes that are reached through their management API, of which the lab has a stand-in."""

import http.server
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from lab import Cluster, Node, data
from lab.node_log import wait_until
from lab.options import MANAGEMENT_PORT
from management_test import PROGRAM, TABLES, variables
from programs import RUN_TIMEOUT, Helenus, find_program, run_program
from service import Service, free_port

KEYSPACE = "http_management"
ROWS = 200


@pytest.fixture
def managed(start_cluster: Callable[..., Cluster]) -> Cluster:
    # A node that stands still or is gone is called dead after twenty seconds, and not after ten: no repair fails before.
    patient = {"phi_convict_threshold": 16}
    small = {"data_centers": {"dc1": 2}, "num_tokens": 4, "heap_mib": 192}
    cluster = start_cluster(**small, management_api=True, yaml=patient)
    first = cluster.nodes[0]
    if not data.execute(first, f"SELECT * FROM system_schema.keyspaces WHERE keyspace_name = '{KEYSPACE}'"):
        data.create_keyspace(cluster, KEYSPACE)
        for number in range(TABLES):
            data.write_rows(first, data.create_table(cluster, KEYSPACE, f"t{number}"), 100)
    return cluster


def test_the_seam_holds_over_http(managed: Cluster) -> None:
    run_program(
        find_program(PROGRAM),
        "--gtest_filter=DISABLED_http/*",
        "--gtest_also_run_disabled_tests",
        timeout=RUN_TIMEOUT,
        environment=variables(managed, KEYSPACE),
    ).expect_tests()


class HttpService:
    """A daemon that reaches its nodes over HTTP: where it would look for JMX nobody listens."""

    def __init__(
        self, helenus: Helenus, folder: Path, nodes: list[Node], *, wrapper: Sequence[str] = (), **http: object
    ):
        nowhere = {node.address: free_port() for node in nodes}
        settings = {"httpManagement": {"enabled": True, **http}, "jmxPorts": nowhere}
        self._service = Service(helenus, folder, wrapper=wrapper, **settings)
        self.rest = self._service.rest

    def kill_and_start(self) -> None:
        self._service.daemon.kill()
        self._service.start()

    def hold_a_segment(self, run_id: str, nodes: Sequence[Node]) -> Node:
        """The node that stands still from now on, so that a segment whose command is stored does not end."""

        def running() -> dict[str, str]:
            return {each["id"]: each["coordinatorHost"] for each in self.rest.segments(run_id) if each["state"] == "RUNNING"}

        while True:
            wait_until("a segment is under way", running, timeout=RUN_TIMEOUT)
            for segment, coordinator in running().items():
                (replica,) = (node for node in nodes if node.address != coordinator)
                replica.pause()
                time.sleep(0.5)  # within which it would end if it had no need of the replica
                if segment in running():
                    return replica
                replica.resume()

    def repair(self, node: Node, **more: object) -> str:
        """A run over everything of this module; its id."""
        return self.rest.start_run(self.rest.register(node.address), KEYSPACE, **more)

    def wait_for(self, run_id: str, done: int) -> None:
        wait_until(
            f"{done} segments are done",
            lambda: self.rest.run(run_id)["segments_repaired"] >= done,
            timeout=RUN_TIMEOUT,
        )

    def wait_for_end(self, run_id: str) -> None:
        wait_until("the run is done", lambda: self.rest.is_done(run_id), timeout=RUN_TIMEOUT)


def test_run_over_http_repairs_and_goes_on_after_a_kill(helenus: Helenus, tmp_path: Path, managed: Cluster) -> None:
    table = f"{KEYSPACE}.t0"
    data.take_out_of_step(managed, managed.nodes[1], table, ROWS, first=100)
    service = HttpService(helenus, tmp_path, managed.nodes)
    run_id = service.repair(managed.nodes[0], segmentCountPerNode=8)
    service.wait_for(run_id, 1)
    held = service.hold_a_segment(run_id, managed.nodes)
    service.kill_and_start()
    held.resume()
    service.wait_for_end(run_id)
    assert data.rows_on(managed.nodes[1], table) == 100 + ROWS
    segments = service.rest.segments(run_id)
    assert segments and all(segment["failCount"] == 0 for segment in segments)


def test_run_over_http_outlives_cassandra_behind_the_api(helenus: Helenus, tmp_path: Path, managed: Cluster) -> None:
    """Numbers of jobs begin anew: none of the new process is taken for one of the old."""
    service = HttpService(helenus, tmp_path, managed.nodes)
    run_id = service.repair(managed.nodes[0], segmentCountPerNode=16)
    service.wait_for(run_id, 2)
    managed.nodes[1].kill()

    def is_told() -> bool:
        waiting = service.rest.wait_until_waiting(run_id)
        told = ("node_unreachable", "node_answer", "node_down")
        return waiting["node"] == managed.nodes[1].address and waiting["for"] in told

    # Where the other one coordinates a segment, that has to fail first, and by then the node is known to be down.
    wait_until("the outage is told", is_told, RUN_TIMEOUT)
    managed.restart(managed.nodes[1])
    service.wait_for_end(run_id)


class NotStarted(http.server.ThreadingHTTPServer):
    """A management API whose Cassandra was not started yet, as in a pod that waits for its operator."""

    def __init__(self, address: str):
        super().__init__((address, MANAGEMENT_PORT), _NotStartedAnswers)
        self.asked = 0


class _NotStartedAnswers(http.server.BaseHTTPRequestHandler):
    server: NotStarted

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(204 if self.path.endswith("/lifecycle/pid") else 500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_seed_of_several_addresses_is_one_whose_cassandra_runs(helenus: Helenus, tmp_path: Path, managed: Cluster) -> None:
    """As a Service that publishes pods that are not ready. All that is asked of it is asked of the same node."""
    hosts = tmp_path / "hosts"
    with_hosts = ["unshare", "--mount", "sh", "-c", f'mount --bind {hosts} /etc/hosts; exec "$@"', "sh"]
    with NotStarted(managed.address(200)) as waiting:
        threading.Thread(target=waiting.serve_forever, daemon=True).start()
        waits, run = managed.address(200), [node.address for node in managed.nodes]
        orders = {"first": [waits, *run], "last": [*run, waits]}
        hosts.write_text("".join(f"{address} {name}\n" for name, order in orders.items() for address in order))
        service = HttpService(helenus, tmp_path, managed.nodes, wrapper=with_hosts)
        assert service.rest.call("PUT", f"/cluster/{managed.options.name}", seedHost="first").status == 201
        assert waiting.asked, "the names lead there as well"
        for seed in [*orders] * 3:
            assert service.rest.call("PUT", f"/cluster/{managed.options.name}", seedHost=seed).status in (200, 204)
        waiting.shutdown()
