"""Cassandra's management without Cassandra: FakeCluster.java, in one JVM that boots in half a second."""

import contextlib
import os
import pathlib
import random
import subprocess
import tempfile
from collections.abc import Iterator

_ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
_NETWORKS = range(20, 250)


class FakeCluster:
    """One that runs; `seed` is the address of its first node."""

    def __init__(self, process: subprocess.Popen[str], seed: str):
        self.seed = seed
        self._process = process

    def calls(self) -> int:
        """Remote calls that its nodes have answered, but for fetches of notifications and the log-in."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline().split()[1])


@contextlib.contextmanager
def fake_cluster(
    *,
    nodes: int,
    listening: int,
    vnodes: int = 16,
    repair_ms: int = 3,
    keyspace: str = "shop",
    more_keyspaces: tuple[str, ...] = (),
    keyspaces_without_replicas: tuple[str, ...] = (),
    version: str = "5.0.9",
    empty_ring: bool = False,
    password: str = "",
) -> Iterator[FakeCluster]:
    """`password` is that of the user `cassandra`; empty: no authentication."""
    classes = _compiled(pathlib.Path(__file__).with_name("FakeCluster.java"))
    switches = [f"-Dfake.version={version}", f"-Dfake.bare={','.join(keyspaces_without_replicas)}"]
    if empty_ring:
        switches.append("-Dfake.empty=true")
    if password:
        switches.append(f"-Dfake.password={password}")
    for network in random.sample(_NETWORKS, 3):
        numbers = [str(number) for number in (network, nodes, listening, vnodes, repair_ms)]
        process = subprocess.Popen(
            ["java", "-Xmx512m", "-XX:+UseSerialGC", *switches, "-cp", str(classes), "FakeCluster", *numbers,
             keyspace, *more_keyspaces, *keyspaces_without_replicas],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdin and process.stdout
        words = process.stdout.readline().split()
        if words[:1] == ["listening"]:
            break
        process.wait()  # somebody else uses the network
    else:
        raise RuntimeError("the fake cluster could not start")
    try:
        yield FakeCluster(process, words[1])
    finally:
        process.stdin.close()  # it ends with its standard input
        process.wait(60)


def _compiled(source: pathlib.Path) -> pathlib.Path:
    """The folder with the classes of a Java source, compiled again when the source is newer. Several processes may
    want it at once."""
    classes = _ROOT / "build/fake"
    stamp = classes / source.name
    if stamp.exists() and stamp.stat().st_mtime >= source.stat().st_mtime:
        return classes
    classes.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=classes.parent) as folder:
        subprocess.run(["javac", "-d", folder, str(source)], check=True)
        classes.mkdir(exist_ok=True)
        for compiled in pathlib.Path(folder).iterdir():
            os.replace(compiled, classes / compiled.name)
    stamp.touch()
    return classes
