"""The lab keeps its promises: other tests build on them."""

import itertools
import subprocess
import sys
from pathlib import Path

import lab
import pytest
from lab import Cluster, Node, data, jmx, repairs
from lab.node_log import wait_until
from lab.options import dynamic_tokens

ROWS = 500


def test_replica_out_of_step_is_mended_by_repair(cassandra: Cluster, nodes: list[Node], keyspace: str) -> None:
    table = data.create_table(cassandra, keyspace)
    data.write_rows(nodes[0], table, ROWS)
    assert [data.rows_on(node, table) for node in nodes] == [ROWS] * 3

    data.take_out_of_step(cassandra, nodes[2], table, ROWS, first=ROWS)
    assert [data.rows_on(node, table) for node in nodes] == [2 * ROWS, 2 * ROWS, ROWS]

    mark = nodes[0].log.size()
    done = jmx.repair(nodes[0], keyspace, incremental="false", parallelism="parallel", columnFamilies="t")
    assert done["complete"]
    assert [data.rows_on(node, table) for node in nodes] == [2 * ROWS] * 3

    (command,) = repairs.repair_log(nodes[0], mark)
    assert (command.number, command.keyspace) == (done["command"], keyspace)
    assert command.finished and command.finished >= command.started
    (repair,) = repairs.repair_history(nodes[1], keyspace)
    assert repair.tables == {"t"}
    assert repair.successful == repair.requested == repairs.repaired_ranges(nodes[2], table)
    assert len(repair.successful) == 3 * cassandra.options.num_tokens


def test_rows_are_counted_on_their_replicas_only(cassandra: Cluster, nodes: list[Node]) -> None:
    keyspace = data.create_keyspace(cassandra, "two_of_three", {"dc1": 2})
    try:
        table = data.create_table(cassandra, keyspace)
        data.write_rows(nodes[0], table, ROWS)
        counts = [data.rows_on(node, table) for node in nodes]
        assert sum(counts) == 2 * ROWS
        assert all(0 < count < ROWS for count in counts)
    finally:
        data.execute(nodes[0], f"DROP KEYSPACE {keyspace}")


def test_node_out_of_the_ring_answers_jmx(cassandra: Cluster, nodes: list[Node]) -> None:
    nodes[2].stop()
    assert not nodes[2].is_running
    nodes[2].launch(join_ring=False)
    nodes[2].wait_for_jmx()
    nodes[2].wait_for_log("Not joining ring")
    assert nodes[2].operation_mode() != "NORMAL"
    nodes[2].join_ring()
    assert nodes[2].operation_mode() == "NORMAL"
    cassandra.wait_until_up()


def test_paused_node_keeps_its_port_open(cassandra: Cluster, nodes: list[Node]) -> None:
    nodes[1].pause()
    assert jmx.is_listening(nodes[1])
    nodes[1].resume()
    assert nodes[1].operation_mode() == "NORMAL"


def test_nodes_end_with_their_harness() -> None:
    program = """
import os, signal, subprocess
from lab import jvm
child = subprocess.Popen(jvm.bound_to_parent(["sleep", "600"]))
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    folder = Path(lab.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=60)
    child = Path(f"/proc/{int(done.stdout)}")
    wait_until("the child to be gone", lambda: not child.exists(), 60)


def test_cache_builds_once_for_all(tmp_path: Path) -> None:
    program = """
import sys, time
from pathlib import Path
from lab.cache import build_once

def build(draft):
    with open(sys.argv[2], "a") as log:
        log.write("built ")
    time.sleep(0.5)
    draft.write_text("complete")

print(build_once(Path(sys.argv[1]), build).read_text())
"""
    command = [sys.executable, "-c", program, str(tmp_path / "target"), str(tmp_path / "log")]
    folder = Path(lab.__file__).parent.parent
    builders = [subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [builder.communicate(timeout=120)[0] for builder in builders] == ["complete\n"] * 3
    assert (tmp_path / "log").read_text() == "built "


@pytest.mark.parametrize(("count", "num_tokens"), [(1, 1), (3, 16), (4, 256)])
def test_tokens_are_evenly_spread(count: int, num_tokens: int) -> None:
    tokens = sorted(token for node in range(count) for token in dynamic_tokens(node, count, num_tokens))
    gaps = {after - before for before, after in itertools.pairwise(tokens)}
    assert tokens[0] == -(2**63) and tokens[-1] < 2**63
    assert len(tokens) == count * num_tokens and len(gaps) <= 1
