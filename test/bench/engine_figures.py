"""Planning, the simulated clusters, and a storm of short segments."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

from fake import fake_cluster

from figure import Figure
from programs import IN_PROCESS, repair

_STALL = 5.0  # seconds in which no segment of a few milliseconds ended
_STORM_NODES, _STORM_SEGMENTS_PER_NODE, _STORM_REPAIR_MS = 10, 1000, 3


def plan() -> Iterator[Figure]:
    (result,) = _in_process("plan_full_repair/1000/256$")
    yield Figure("plan", result["cpu_time"] / 1000, 1, "s", f"{result['segments']:.0f} segments")
    yield Figure("plan-peak", result["peak_MiB"], 200, "MiB", f"of which the ring {result['ring_MiB']:.1f}")


def simulation() -> Iterator[Figure]:
    """Equal segments on fake clusters in virtual time: how busy the busiest node is kept."""
    cases = "nodes:(100|300)/vnodes:16/even:0/varying:0/segments:(16|64)|nodes:30/vnodes:256/.*"
    for result in _in_process(f"keeps_the_busiest_node_busy/({cases})"):
        case = dict(part.split(":") for part in result["name"].split("/") if ":" in part)
        name = f"simulation-{case['nodes']}x{case['vnodes']}-{case['segments']}"
        if result.get("error_occurred") or result["label"].startswith("WRONG"):
            raise RuntimeError(f"{name}: {result.get('error_message') or result['label']}")
        note = f"{result['segments']:.0f} segments, each range repaired exactly once; {result['real_time']:.0f} s"
        yield Figure(name, result["wall/busiest"], 1.10, "", note)


def fleet() -> Iterator[Figure]:
    """What 100 sidecars on fake nodes ask of storage, all together, in virtual time."""
    without, paused, working = _in_process("sidecars_.*")
    for name, result in (("idle", without), ("paused", paused), ("waiting", working)):
        if result.get("error_occurred"):
            raise RuntimeError(f"fleet-{name}: {result['error_message']}")
        note = f"rows read per second; {result['statements/s']:.0f} statements per second"
        yield Figure(f"fleet-{name}", result["rows/s"], 100, "", note)
    note = (
        f"statements that come with a segment; all in all {working['all statements/segment']:.0f} statements and "
        f"{working['rows/segment']:.0f} rows for each of {working['done']:.0f} segments of {working['segment time']:.0f} s"
    )
    yield Figure("fleet-segment", working["statements/segment"], 6, "", note)


def storm() -> Iterator[Figure]:
    nodes = _STORM_NODES
    with fake_cluster(nodes=nodes, listening=nodes, repair_ms=_STORM_REPAIR_MS) as cluster:
        count = str(_STORM_SEGMENTS_PER_NODE)
        events, took = repair(cluster.seed, "shop", "--segments-per-node", count, timeout=900)
    finished = events[-1]
    ends = [event["at"] for event in events if event["event"] == "segment_done"]
    stalls = sum(later - earlier > _STALL for earlier, later in zip(ends, ends[1:]))
    postponed = sum(event["event"] == "segment_postponed" for event in events)
    lost = finished["segments"] - finished["done"]
    note = f"{finished['done']} of {finished['segments']} segments in {took:.1f} s, {lost} lost, {stalls} stalls, "
    yield Figure("storm", lost + stalls + postponed, 0, "", note + f"{postponed} postponed")


def _in_process(pattern: str) -> list[dict[str, Any]]:
    command = [IN_PROCESS, f"--benchmark_filter={pattern}", "--benchmark_format=json"]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    if not text:
        raise RuntimeError(f"{IN_PROCESS} has no benchmark {pattern}")
    return json.loads(text)["benchmarks"]
