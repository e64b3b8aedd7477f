"""The class data archive (AppCDS): a node that starts with it needs a fifth less CPU."""

import hashlib
import tempfile
from pathlib import Path

from .cache import Progress, build_once, cache_folder, silent
from .fetch import Server
from .loopback import reserve_network
from .node import Node
from .options import ClusterOptions, dynamic_tokens

_FIRST_JAVA_WITH_ARCHIVES = 13


def class_archive(server: Server, options: ClusterOptions, progress: Progress = silent) -> Path | None:
    """The archive for this server, made by a training run of one node on first use; None if Java cannot."""
    # It builds on the JVM's own archive, which the runtimes from PyPI leave out.
    has_base = (server.java.program.parent.parent / "lib" / "server" / "classes.jsa").exists()
    if server.java.major < _FIRST_JAVA_WITH_ARCHIVES or not has_base:
        return None
    # The JVM takes an archive only with the same build, jars (times included) and kind of heap.
    facts = [server.java.build, *(f"{jar} {jar.stat().st_size} {jar.stat().st_mtime_ns}" for jar in server.class_path)]
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]

    def train(draft: Path) -> None:
        progress(f"making the class data archive of Cassandra {server.version.release}")
        network = reserve_network()
        try:
            with tempfile.TemporaryDirectory(prefix="lab-archive-") as folder:
                node = Node(
                    number=1, address=network.address(1), data_center="dc1", rack="rack1",
                    tokens=dynamic_tokens(0, 1, 16), folder=Path(folder), server=server,
                    options=ClusterOptions(version=server.version.release), archive=None, store=None,
                )  # fmt: skip
                node.launch(jvm_options=(f"-XX:ArchiveClassesAtExit={draft}",))
                try:
                    node.wait_for_cql()
                    node.operation_mode()
                finally:
                    node.stop(timeout=180)
        finally:
            network.release()
        if not draft.exists():
            raise RuntimeError(f"Java {server.java.major} wrote no class data archive")

    return build_once(cache_folder() / f"classes-{server.version.release}-{digest}.jsa", train, progress)
