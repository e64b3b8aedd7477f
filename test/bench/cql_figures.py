"""What a CQL session costs: memory and connections, with three real nodes and with a large fake ring."""

import contextlib
import pathlib
import subprocess
import sys
from collections.abc import Iterator

from figure import Figure
from programs import IN_PROCESS, ROOT

_PROGRAM = str(pathlib.Path(IN_PROCESS).parent / "cql_cost")
_FAKE_NODES, _FAKE_TOKENS = 500, 16


def _cost(contact: str) -> tuple[int, int, int, int]:
    done = subprocess.run([_PROGRAM, contact], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    before, after, sockets, nodes = map(int, done.stdout.split())
    return before, after, sockets, nodes


def _figures(name: str, contact: str, goal: float) -> Iterator[Figure]:
    before, after, sockets, nodes = _cost(contact)
    note = f"{before / 1024:.1f} MiB before the session, {after / 1024:.1f} MiB with it; {nodes} nodes"
    yield Figure(f"{name}-rss", (after - before) / 1024, goal, "MiB", note)
    yield Figure(f"{name}-sockets", sockets, 4, "", "three nodes and the events")


def three_nodes() -> Iterator[Figure]:
    from lab import Cluster, ClusterOptions  # needs the Cassandra driver

    with Cluster(ClusterOptions(data_centers={"dc1": 3})) as cluster:
        yield from _figures("cql", cluster.nodes[0].cql_endpoint, 4)


@contextlib.contextmanager
def _fake_ring() -> Iterator[str]:
    script = ROOT / "test/cassandra/fake/fake_ring.py"
    command = [sys.executable, str(script), f"--nodes={_FAKE_NODES}", f"--tokens={_FAKE_TOKENS}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"127.77.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def large_ring() -> Iterator[Figure]:
    with _fake_ring() as contact:
        yield from _figures("cql-large", contact, 8)
