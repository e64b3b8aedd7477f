"""A cluster of real Cassandra nodes on loopback addresses."""

import atexit
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from . import jmx
from .archive import class_archive
from .cache import REPOSITORY, Progress, silent
from .fetch import fetch_server
from .loopback import reserve_network
from .node import START_TIMEOUT, Node
from .node_log import wait_until
from .options import ClusterOptions, dynamic_tokens
from .store import make_store
from .versions import find_version

CLUSTERS_FOLDER = REPOSITORY / "build" / "lab"

_SEEN_TIMEOUT = 180.0  # seconds until all nodes see each other
_KEPT_FOLDERS = 20
_IN_USE = "harness.pid"  # who runs the cluster
_HOSTS_WITH_CERTIFICATE = 9  # those of the first boot and some to come


class Cluster:
    """
    with Cluster(ClusterOptions(version="4.1.10")) as cluster:
        cluster.nodes[0].stop()

    Starts all nodes at once and returns when each sees all the others up. Nodes end with the `with`, with `close`,
    and at the latest with this process, however it ends. Logs and settings stay in `folder`, data does not.
    """

    def __init__(
        self, options: ClusterOptions | None = None, *, folder: Path | None = None, progress: Progress = silent,
        use_archive: bool = True,
    ):  # fmt: skip
        self.options = options = options or ClusterOptions()
        self.progress = progress
        self.server = fetch_server(find_version(options.version), options.java, progress)
        archive = class_archive(self.server, options, progress) if use_archive else None
        self._archive = archive
        self._network = reserve_network()
        self.folder = folder or _new_folder(self._network.number)
        addresses = [self._network.address(host) for host in range(1, _HOSTS_WITH_CERTIFICATE + 1)]
        self.store = make_store(self.server.java, self.folder, addresses) if options.needs_store else None
        self.nodes: list[Node] = []
        self._next_number = 1
        for data_center, count in options.data_centers.items():
            for index in range(count):
                self._define_node(data_center, index)
        for position, node in enumerate(_in_turn(self.nodes)):
            node.tokens = dynamic_tokens(position, len(self.nodes), options.num_tokens)
        atexit.register(self.close)
        try:
            self._boot()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def running(self) -> list[Node]:
        return [node for node in self.nodes if node.is_running]

    def address(self, host: int) -> str:
        """An address of this cluster's network; nodes have 1, 2, 3 and so on."""
        return self._network.address(host)

    def restart(self, node: Node, *, address: str | None = None) -> None:
        """Starts a node that was stopped or killed (stops it first if it runs), perhaps at another address."""
        node.stop()
        node.address = address or node.address
        self._start(node)

    def make_anew(self, node: Node) -> None:
        """The node is lost and removed; another one, without data, takes its tokens and its address."""
        host_id = jmx.get(node, jmx.STORAGE_SERVICE, "LocalHostId")
        node.kill()
        shutil.rmtree(node.folder / "data")
        witness = self.running[0]

        def is_seen_down() -> bool:
            return node.address in jmx.get(witness, jmx.STORAGE_SERVICE, "UnreachableNodes")

        wait_until(f"{node} to be seen down", is_seen_down, _SEEN_TIMEOUT)
        jmx.invoke(witness, jmx.STORAGE_SERVICE, "removeNode", host_id)
        self._start(node)

    def upgrade(self, node: Node, version: str, **yaml: Any) -> None:
        """The node goes on with its data under another version, as in a rolling upgrade, and with these settings more."""
        options = replace(node.options, version=version, yaml={**node.options.yaml, **yaml})
        server = fetch_server(find_version(version), options.java, self.progress)
        archive = class_archive(server, options, self.progress) if node.archive else None
        node.stop()
        node.options, node.server, node.archive = options, server, archive
        self._start(node)

    def add_node(self, data_center: str = "dc1", *, wait: bool = True) -> Node:
        """Bootstraps one more node: it streams its share of the data from the others."""
        index = sum(node.data_center == data_center for node in self.nodes)
        node = self._define_node(data_center, index)
        # Between the tokens of the others, which lie on a regular grid.
        grid = dynamic_tokens(0, self.options.node_count, self.options.num_tokens)
        step = 2**64 // (self.options.node_count * self.options.num_tokens)
        node.tokens = [token + step // 2 + node.number for token in grid]
        node.launch(self._seeds(but=node), bootstrap=True)
        if wait:
            self._wait_until_seen(node, self._marks())
        return node

    def decommission(self, node: Node) -> None:
        """The node hands its data over, leaves the ring and is stopped."""
        if self.server.version.is_3:
            jmx.invoke(node, jmx.STORAGE_SERVICE, "decommission")
        else:
            jmx.invoke(node, jmx.STORAGE_SERVICE, "decommission", True)
        node.stop()
        self.nodes.remove(node)

    def wait_until_up(self, timeout: float = _SEEN_TIMEOUT) -> None:
        """Until every running node takes every running one for alive and for a member of the ring."""

        def is_said() -> bool:
            return all(
                node.log.alive_peers(node.started_at).get(peer.address, False)
                for node in self.running
                for peer in self.running
                if peer is not node
            )

        # The logs are cheap to watch; only JMX tells the members from those who are about to join.
        wait_until("all nodes to see each other", is_said, timeout)
        self._wait_for_members(timeout)

    def heal_if_hurt(self) -> None:
        """Resumes what is paused and starts what has ended, so that all nodes are up and in the ring again."""
        hurt = [node for node in self.nodes if node.is_paused or node.is_out_of_ring or not node.is_running]
        for node in hurt:
            if node.is_paused:
                node.resume()
            if not node.is_running:
                self._start(node)
            elif node.is_out_of_ring:
                node.wait_for_log("Not joining ring")
                node.join_ring()
        if hurt:
            self._wait_for_members(_SEEN_TIMEOUT)

    def close(self) -> None:
        """Ends all nodes and removes their data. May be called again."""
        atexit.unregister(self.close)
        for node in self.nodes:
            if node.is_running:
                node.kill()
        for data in self.folder.glob("node*/data"):
            shutil.rmtree(data, ignore_errors=True)
        self._network.release()

    def _boot(self) -> None:
        began = time.monotonic()
        self.progress(f"starting {len(self.nodes)} nodes of Cassandra {self.server.version.release} in {self.folder}")
        for node in self.nodes:
            # All nodes are seeds: only so can they start at the same time.
            node.launch(self._seeds())
        for node in self.nodes:
            node.wait_for_cql()
            self.progress(f"{node.address} is up after {time.monotonic() - began:.1f} s")
        self.wait_until_up()
        self.progress(f"all nodes see each other after {time.monotonic() - began:.1f} s")

    def _start(self, node: Node) -> None:
        marks = self._marks()
        node.launch(self._seeds())
        self._wait_until_seen(node, marks)

    def _marks(self) -> dict[Node, int]:
        return {node: node.log.size() for node in self.nodes}

    def _wait_until_seen(self, node: Node, marks: dict[Node, int]) -> None:
        """Until the others have said, since the marks, that the node is up, and the node that they are."""
        node.wait_for_cql(START_TIMEOUT)

        def is_said() -> bool:
            peers = [peer for peer in self.running if peer is not node]
            return all(
                peer.log.alive_peers(marks.get(peer, 0)).get(node.address, False)
                and node.log.alive_peers(node.started_at).get(peer.address, False)
                for peer in peers
            )

        wait_until(f"{node} to be seen by all", is_said, _SEEN_TIMEOUT, node.check_alive)
        self._wait_for_members(_SEEN_TIMEOUT)

    def _wait_for_members(self, timeout: float) -> None:
        all_addresses = {node.address for node in self.running}

        def are_members() -> bool:
            with ThreadPoolExecutor(len(all_addresses)) as pool:
                return all(members >= all_addresses for members in pool.map(Node.live_members, self.running))

        wait_until("all nodes to be members of the ring for each other", are_members, timeout)

    def _seeds(self, but: Node | None = None) -> list[str]:
        return [node.address for node in self.nodes if node is not but]

    def _define_node(self, data_center: str, index: int) -> Node:
        number = self._next_number
        self._next_number += 1  # a number, its address and its folder are not used again
        folder = self.folder / f"node{number}"
        folder.mkdir(parents=True, exist_ok=True)
        node = Node(
            number=number, address=self._network.address(number), data_center=data_center,
            rack=f"rack{index % self.options.racks + 1}", tokens=[], folder=folder, server=self.server,
            options=self.options, archive=self._archive, store=self.store,
        )  # fmt: skip
        self.nodes.append(node)
        return node


def _in_turn(nodes: list[Node]) -> list[Node]:
    """One node of each data center, then the second of each: so every data center is spread over the ring."""
    seen: dict[str, int] = {}
    ranks = {}
    for node in nodes:
        ranks[node] = seen.get(node.data_center, 0)
        seen[node.data_center] = ranks[node] + 1
    return sorted(nodes, key=lambda node: ranks[node])


def _new_folder(network: int) -> Path:
    CLUSTERS_FOLDER.mkdir(parents=True, exist_ok=True)
    for old in sorted(CLUSTERS_FOLDER.iterdir())[:-_KEPT_FOLDERS]:
        if not _is_in_use(old):
            shutil.rmtree(old, ignore_errors=True)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    folder = Path(tempfile.mkdtemp(prefix=f"{stamp}-127.0.{network}-", dir=CLUSTERS_FOLDER))
    (folder / _IN_USE).write_text(str(os.getpid()))
    return folder


def _is_in_use(folder: Path) -> bool:
    """Another process may just be removing it."""
    try:
        return Path(f"/proc/{(folder / _IN_USE).read_text()}").exists()
    except OSError:
        return False
