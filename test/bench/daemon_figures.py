"""Start, memory and answers of the daemon."""

import contextlib
import statistics
import time
from collections.abc import Iterator
from typing import Any

from fake import fake_cluster

from figure import Figure, percentile
from programs import Daemon, daemon

_STARTS = 20
_SETTLED = 5.0  # seconds after the last request: what it needed for a moment is given back
_RUNS = 1000
_REQUESTS = 200
_SEGMENTS_PER_NODE = 64
_NO_CASSANDRA = "storageType: cassandra\ncassandra: {contactPoints: [{host: 127.0.250.1, port: 9042}]}\n"


def start() -> Iterator[Figure]:
    """From exec to the first 200 of the health check on both ports; the second with state in a Cassandra that is not there."""
    for name, storage in (("start", ""), ("start-no-cassandra", _NO_CASSANDRA)):
        times = [_time_to_answer(storage) for _ in range(_STARTS)]
        note = f"median of {_STARTS}, {min(times):.1f} to {max(times):.1f}"
        yield Figure(name, statistics.median(times), 10, "ms", note)


def rss_idle() -> Iterator[Figure]:
    with fake_cluster(nodes=3, listening=3) as cluster, daemon() as helenus:
        _register(helenus, cluster.seed)
        time.sleep(_SETTLED)
        yield Figure("rss-idle", helenus.memory_mib(), 15, "MiB", f"peak {helenus.memory_mib('VmHWM'):.1f}")


def rss_large() -> Iterator[Figure]:
    with fake_cluster(nodes=1000, listening=3) as cluster, daemon() as helenus:
        _register(helenus, cluster.seed)
        began = time.monotonic()
        _create_run(helenus, segments_per_node=64)
        planned = time.monotonic() - began
        time.sleep(_SETTLED)
        note = f"peak {helenus.memory_mib('VmHWM'):.1f}; planned and stored in {planned:.1f} s"
        yield Figure("rss-large", helenus.memory_mib(), 40, "MiB", note)


def list_runs() -> Iterator[Figure]:
    """Lists 1,000 runs with 64,000 segments: one hundred answers in a row, each the list of all."""
    with fake_cluster(nodes=16, listening=3, vnodes=4) as cluster, daemon() as helenus:
        _register(helenus, cluster.seed)
        for number in range(_RUNS):
            _create_run(helenus, segments_per_node=4, owner=f"bench{number}")
        times = []
        for _ in range(_REQUESTS):
            began = time.perf_counter()
            body = helenus.must("GET", f"/repair_run?limit={_RUNS}")
            times.append((time.perf_counter() - began) * 1000)
        note = f"median {statistics.median(times):.1f}; {_RUNS} runs, answer of {len(body) / 1024:.0f} KiB"
        yield Figure("list", percentile(times, 0.99), 20, "ms", note)


def costs() -> Iterator[Figure]:
    """What a segment costs, measured over a whole run, with everything else that goes on meanwhile."""
    nodes = 10
    with fake_cluster(nodes=nodes, listening=nodes) as cluster, daemon() as helenus:
        _register(helenus, cluster.seed)
        run = _create_run(helenus, segments_per_node=_SEGMENTS_PER_NODE)
        calls, transactions = cluster.calls(), helenus.metric("helenus_storage_transactions_total")
        helenus.must("PUT", f"/repair_run/{run['id']}/state/RUNNING")
        while (state := helenus.must_json("GET", f"/repair_run/{run['id']}"))["state"] == "RUNNING":
            time.sleep(0.5)
        if state["state"] != "DONE":
            raise RuntimeError(f"the run ended as {state['state']}")
        segments = state["total_segments"]
        calls, transactions = cluster.calls() - calls, helenus.metric("helenus_storage_transactions_total") - transactions
    note = f"over {segments} segments"
    yield Figure("calls", calls / segments, 4, "", note + ", fetches of notifications not counted")
    yield Figure("transactions", transactions / segments, 6, "", note)


def _time_to_answer(storage: str) -> float:
    with daemon(storage=storage) as helenus:
        began = time.perf_counter()
        helenus.start()
        for admin in (True, False):
            while not _is_healthy(helenus, admin):
                time.sleep(0.0002)  # it may need the processor
        return (time.perf_counter() - began) * 1000


def _is_healthy(helenus: Daemon, admin: bool) -> bool:
    with contextlib.suppress(ConnectionRefusedError):
        return helenus.request("GET", "/healthcheck", admin=admin)[0] == 200
    return False


def _register(helenus: Daemon, seed: str) -> None:
    helenus.start()
    helenus.wait_until_ready()
    helenus.must("POST", f"/cluster?seedHost={seed}")


def _create_run(helenus: Daemon, *, segments_per_node: int, owner: str = "bench") -> dict[str, Any]:
    return helenus.must_json(
        "POST",
        f"/repair_run?clusterName=fake&keyspace=shop&owner={owner}&segmentCountPerNode={segments_per_node}"
        f"&repairParallelism=PARALLEL&intensity=1.0&incrementalRepair=false&force=true",
    )
