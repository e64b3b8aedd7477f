"""A repair that is killed with SIGKILL at random moments, dozens of times (hundreds in `full`), and always
goes on. No Cassandra: one JVM that looks like it, whose repairs go on while Helenus is dead."""

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from fake import fake_cluster
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Helenus

LIFE = (0.1, 0.8)  # seconds from exec: before anything is stored as well as in the middle of segments


@pytest.mark.parametrize("kills, segments", [(50, 128), pytest.param(300, 512, marks=pytest.mark.full)])
def test_what_was_acknowledged_survives_every_kill_and_nothing_is_left_out(
    helenus: Helenus, tmp_path: Path, kills: int, segments: int
) -> None:
    lives = random.Random(1)
    acknowledged: set[str] = set()
    with fake_cluster(nodes=6, listening=6, vnodes=4, repair_ms=100) as cluster:
        command = ["repair", cluster.seed, "--keyspace", "shop", "--segments-per-node", str(segments)]
        command += ["--state", str(tmp_path / "state.db"), "--json"]
        for life in range(kills):
            daemon = helenus.start(*command)
            if life == 0:  # so that there is something to go on with, however slow the machine
                wait_until("a segment", lambda: "segment_started" in daemon.log.read_text(), STEP_TIMEOUT)  # noqa: B023
            time.sleep(lives.uniform(*LIFE))
            daemon.kill()
            assert not check(told(daemon.log.read_text()), acknowledged), "it was over too early to be killed often"
        last = helenus.run(*command, timeout=RUN_TIMEOUT)
    events = told(last.expect(0).output)
    check(events, acknowledged)
    planned, finished = events[0], events[-1]
    total = finished["segments"]
    assert planned["resumed"] and finished["done"] == total == sum(run["segments"] for run in planned["runs"])
    assert len(acknowledged) <= total


def told(output: str) -> list[dict[str, Any]]:
    """The events; the last line may have been cut off by the kill."""
    lines = output.splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.startswith('{"event"') and line.endswith("\n")]


def check(events: list[dict[str, Any]], acknowledged: set[str]) -> bool:
    """Compares a life with those before it and adds what it acknowledged. Whether it came to the end."""
    for event in events:
        if event["event"] == "planned":
            assert sum(run["done"] for run in event["runs"]) >= len(acknowledged)
        if event["event"] == "segment_started":
            assert event["segment"] not in acknowledged, "it was acknowledged as done and is done again"
        if event["event"] == "segment_done":
            acknowledged.add(event["segment"])
    return any(event["event"] == "finished" for event in events)
