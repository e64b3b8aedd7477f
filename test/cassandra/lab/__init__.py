"""Real Cassandra clusters for tests and the demo. See ../README.md, or `python -m lab --help`."""

from .cluster import Cluster
from .node import Node
from .options import ClusterOptions
from .versions import VERSIONS, find_version

__all__ = ["VERSIONS", "Cluster", "ClusterOptions", "Node", "find_version"]
