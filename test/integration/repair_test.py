"""`helenus repair`: what its user can rely on, while processes die and nodes come and go."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from lab import Cluster, Node, data, repairs
from lab.node_log import wait_until
from lab.repairs import Repair, TokenRange
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Daemon, Helenus

ROWS = 300
TABLES = 2  # several: a segment takes long enough to be met in the middle
SEGMENTS_PER_NODE = 8  # many: a run is not over before a test that waits for its middle has looked

Event = dict[str, Any]


class Run:
    """A `helenus repair --json` that was started, and what it has said."""

    def __init__(self, daemon: Daemon):
        self.daemon = daemon

    @property
    def events(self) -> list[Event]:
        lines = self.daemon.log.read_text(errors="replace").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith('{"event"') and line.endswith("\n")]

    def said(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]

    def wait_for(self, what: str, fits: Callable[[Event], bool]) -> Event:
        """The first event that fits, as soon as it is said; the run must not have ended before."""
        found: list[Event] = []

        def is_said() -> bool:
            runs = self.daemon.is_running
            found[:] = [event for event in self.events if fits(event)]
            assert found or runs, f"ended before {what}:\n{self.daemon.log.read_text()}"
            return bool(found)

        try:
            wait_until(what, is_said, STEP_TIMEOUT)
        except TimeoutError as late:
            raise TimeoutError(f"{late}:\n{self.daemon.log.read_text()}") from None
        return found[0]

    def wait_for_middle(self, done: int, coordinator: Node | None = None) -> None:
        """Until so many segments are acknowledged as done and another one is going on, by this coordinator if given."""

        def is_there() -> bool:
            going_on: dict[str, str] = {}
            acknowledged = 0
            for event in self.events:
                if event["event"] == "segment_started":
                    going_on[event["segment"]] = event["text"]
                elif "segment" in event:
                    going_on.pop(event["segment"], None)
                    acknowledged += event["event"] == "segment_done"
            fits = coordinator is None or coordinator.address in going_on.values()
            return acknowledged >= done and bool(going_on) and fits

        by = f" by {coordinator}" if coordinator else ""
        try:
            wait_until(f"{done} segments and one more{by}", is_there, STEP_TIMEOUT, self.check_runs)
        except TimeoutError as late:
            raise TimeoutError(f"{late}:\n{self.daemon.log.read_text()}") from None

    def check_runs(self) -> None:
        assert self.daemon.is_running, f"ended too early:\n{self.daemon.log.read_text()}"

    def expect(self, exit_code: int) -> list[Event]:
        """Waits for the end; all that it said."""
        code = self.daemon.wait(RUN_TIMEOUT)
        assert code == exit_code, f"ended with {code} instead of {exit_code}:\n{self.daemon.log.read_text()}"
        return self.events


@pytest.fixture
def tables(cassandra: Cluster, nodes: list[Node], keyspace: str) -> list[str]:
    """Tables with rows; the last node misses half of those of the last table."""
    made = [data.create_table(cassandra, keyspace, f"t{number}") for number in range(TABLES)]
    for table in made:
        data.write_rows(nodes[0], table, ROWS if table is made[-1] else 2 * ROWS)
    data.take_out_of_step(cassandra, nodes[2], made[-1], ROWS, first=ROWS)
    return made


@pytest.fixture
def start_repair(helenus: Helenus, nodes: list[Node], keyspace: str) -> Callable[..., Run]:
    """start_repair("--state", file): of the test's keyspace, by the first node."""

    def start(*words: str) -> Run:
        return Run(helenus.start(*repair_words(nodes[0], keyspace), *words))

    return start


def repair_words(seed: Node, keyspace: str) -> list[str]:
    segments = ["--segments-per-node", str(SEGMENTS_PER_NODE)]
    return ["repair", seed.address, "--keyspace", keyspace, *segments, "--json"]


def check_rows(nodes: list[Node], tables: list[str]) -> None:
    """Each replica, asked alone, has every row."""
    counts = {(node.address, table): data.rows_on(node, table) for node in nodes for table in tables}
    assert set(counts.values()) == {2 * ROWS}, counts


def is_partition(ranges: Iterable[TokenRange]) -> bool:
    """Whether each token of the ring is in exactly one of the ranges: each begins where another ends."""
    ordered = sorted(ranges)
    following = [begin for begin, _ in ordered[1:]] + [ordered[0][0]] if ordered else []
    return bool(ordered) and [end for _, end in ordered] == following


def successes(history: list[Repair], table: str) -> Counter[TokenRange]:
    """How often Cassandra has repaired each range of the table."""
    name = table.partition(".")[2]
    return Counter(part for repair in history if name in repair.tables for part in repair.successful)


def ended_history(node: Node, keyspace: str) -> list[Repair]:
    """The keyspace's repairs by Cassandra's own records, when all that began are recorded as ended."""
    history: list[Repair] = []

    def is_complete() -> bool:
        history[:] = repairs.repair_history(node, keyspace)
        return all(repair.finished for repair in history)

    wait_until("the repairs to be recorded", is_complete, STEP_TIMEOUT)
    return history


def ring_tokens(nodes: list[Node]) -> set[int]:
    return {token for node in nodes for token in node.tokens}


def check_all_repaired(nodes: list[Node], keyspace: str, tables: list[str]) -> None:
    """By Cassandra's own records every range of every table was repaired, some perhaps more than once."""
    history = repairs.repair_history(nodes[0], keyspace)
    for table in tables:
        assert is_partition(successes(history, table)), history


def test_every_range_of_every_table_is_repaired_exactly_once(
    nodes: list[Node], keyspace: str, tables: list[str], start_repair: Callable[..., Run]
) -> None:
    marks = {node: node.log.size() for node in nodes}
    run = start_repair()
    events = run.expect(0)
    assert (events[0]["event"], events[-1]["event"]) == ("planned", "finished")
    assert not events[0]["resumed"]
    check_rows(nodes, tables)

    history = ended_history(nodes[1], keyspace)
    for table in tables:
        times = successes(history, table)
        assert set(times.values()) == {1}
        assert is_partition(times)
        assert ring_tokens(nodes) <= {begin for begin, _ in times}, "a range spans several of the ring"
    assert not any(repair.error for repair in history)

    # The coordinators' logs, Cassandra's tables and Helenus tell the same story.
    commands = [command for node in nodes for command in repairs.repair_log(node, marks[node])]
    assert {command.keyspace for command in commands} == {keyspace}
    assert len(commands) == len(history)
    segments = events[-1]["segments"]
    assert events[-1]["done"] == segments == len(run.said("segment_done"))
    assert len({event["segment"] for event in run.said("segment_done")}) == segments


def test_after_a_crash_the_same_command_goes_on_and_repeats_nothing_acknowledged(
    nodes: list[Node], keyspace: str, tables: list[str], start_repair: Callable[..., Run], tmp_path: Path
) -> None:
    state = str(tmp_path / "state.db")
    crashed = start_repair("--state", state)
    crashed.wait_for_middle(4)
    crashed.daemon.kill()
    acknowledged = {event["segment"] for event in crashed.said("segment_done")}

    resumed = start_repair("--state", state)
    events = resumed.expect(0)
    (planned,) = resumed.said("planned")
    assert planned["resumed"]
    assert sum(run["done"] for run in planned["runs"]) >= len(acknowledged)
    assert events[-1]["done"] == events[-1]["segments"]
    assert not acknowledged & {event["segment"] for event in resumed.said("segment_started")}
    check_rows(nodes, tables)

    # All replicas take part in every segment, so segments go one by one: those that were acknowledged before the crash
    # are the first that Cassandra remembers.
    history = ended_history(nodes[1], keyspace)
    of_acknowledged = {part for repair in history[: len(acknowledged)] for part in repair.successful}
    assert of_acknowledged
    for table in tables:
        times = successes(history, table)
        assert is_partition(times)
        assert {part: times[part] for part in of_acknowledged} == dict.fromkeys(of_acknowledged, 1)
        # Only the segment that was going on at the moment of the crash may have been done again.
        assert sum(times.values()) - len(times) <= max(len(repair.requested) for repair in history)


def test_interrupted_it_stops_cleanly_and_goes_on_later(
    helenus: Helenus, nodes: list[Node], keyspace: str, tables: list[str], start_repair: Callable[..., Run],
    tmp_path: Path,
) -> None:  # fmt: skip
    state = str(tmp_path / "state.db")
    interrupted = start_repair("--state", state)
    interrupted.wait_for_middle(2)
    interrupted.daemon.interrupt()
    said = interrupted.expect(130)
    assert "interrupted" in {event["event"] for event in said}
    assert said[-1]["event"] == "finished" and said[-1]["exit_code"] == 130
    acknowledged = {event["segment"] for event in interrupted.said("segment_done")}

    # Nothing of ours goes on in the cluster behind the user's back.
    history = ended_history(nodes[1], keyspace)
    assert len(history) < said[-1]["segments"]

    others = ["--segments-per-node", str(SEGMENTS_PER_NODE + 1)]
    command = ["repair", nodes[0].address, "--keyspace", keyspace, *others, "--json", "--state", state]
    other = helenus.run(*command).expect(2)
    assert "other options" in failure_of(other.output)["text"]

    resumed = start_repair("--state", state)
    resumed.expect(0)
    (planned,) = resumed.said("planned")
    assert planned["resumed"]
    assert sum(run["done"] for run in planned["runs"]) == said[-1]["done"], "it ended with a wrong count"
    assert not acknowledged & {event["segment"] for event in resumed.said("segment_started")}
    check_rows(nodes, tables)
    check_all_repaired(nodes, keyspace, tables)


def test_a_killed_replica_is_named_and_waited_for(
    cassandra: Cluster, nodes: list[Node], keyspace: str, tables: list[str], start_repair: Callable[..., Run]
) -> None:
    run = start_repair()
    run.wait_for_middle(2)
    nodes[2].kill()
    waiting = run.wait_for(
        f"waiting for {nodes[2]}", lambda said: said["event"] == "waiting" and said.get("node") == nodes[2].address
    )
    assert waiting["run"] and waiting["for"] and nodes[2].address in waiting["text"]
    cassandra.restart(nodes[2])
    run.expect(0)
    check_rows(nodes, tables)
    check_all_repaired(nodes, keyspace, tables)


def test_a_coordinator_killed_in_the_middle_of_a_segment_ends_nothing(
    cassandra: Cluster, nodes: list[Node], keyspace: str, tables: list[str], start_repair: Callable[..., Run]
) -> None:
    run = start_repair()  # the first node is the address that it was given, too
    run.wait_for_middle(0, coordinator=nodes[0])
    nodes[0].kill()
    run.check_runs()
    cassandra.restart(nodes[0])
    run.expect(0)
    check_rows(nodes, tables)
    check_all_repaired(nodes, keyspace, tables)


def test_a_node_that_stands_still_for_a_while_is_waited_for(
    cassandra: Cluster, nodes: list[Node], keyspace: str, tables: list[str], start_repair: Callable[..., Run]
) -> None:
    run = start_repair()
    run.wait_for_middle(2)
    mark = nodes[0].log.size()
    nodes[1].pause()
    wait_until(
        f"{nodes[0]} to take {nodes[1]} for dead",
        lambda: nodes[0].log.alive_peers(mark).get(nodes[1].address) is False,
        STEP_TIMEOUT,
    )
    run.check_runs()
    nodes[1].resume()
    run.expect(0)
    cassandra.wait_until_up()
    check_rows(nodes, tables)
    check_all_repaired(nodes, keyspace, tables)


def cut_jmx_connections(nodes: list[Node]) -> int:
    """Aborts the TCP connections to the nodes' JMX ports, as a broken network does; how many there were."""
    cut = 0
    for node in nodes:
        words = ["ss", "--kill", "--no-header", "--tcp", "dst", node.address, "dport", "=", ":7199"]
        cut += len(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines())
    return cut


def test_cut_jmx_connections_are_opened_again_and_nothing_is_lost(
    nodes: list[Node], keyspace: str, tables: list[str], start_repair: Callable[..., Run]
) -> None:
    run = start_repair()
    for done in (1, 4, 7):
        run.wait_for_middle(done)
        assert cut_jmx_connections(nodes) > 0
    events = run.expect(0)
    assert not [event for event in events if event["event"] == "segment_postponed"], "a command was given up"
    check_rows(nodes, tables)
    check_all_repaired(nodes, keyspace, tables)


def failure_of(output: str) -> Event:
    """The one thing that a repair says that could not start."""
    (failure,) = [json.loads(line) for line in output.splitlines()]
    assert failure["event"] == "failed"
    return dict(failure)


def test_connection_refused_comes_with_advice(helenus: Helenus, cassandra: Cluster) -> None:
    nobody = cassandra.address(99)
    done = helenus.run("repair", nobody, "--keyspace", "shop", "--json").expect(2)
    failure = failure_of(done.output)
    assert "refused" in failure["text"] and nobody in failure["text"]
    assert "JMX" in failure["advice"]


def test_unknown_keyspace_is_named(helenus: Helenus, nodes: list[Node]) -> None:
    done = helenus.run("repair", nodes[0].address, "--keyspace", "no_such_shop", "--json").expect(2)
    assert "no_such_shop" in failure_of(done.output)["text"]
