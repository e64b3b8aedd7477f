"""A real Kubernetes of one node for tests. See ../README.md, or `./dev lab --help`."""

from .kubernetes import Kubernetes
from .machine import Machine

__all__ = ["Kubernetes", "Machine"]
