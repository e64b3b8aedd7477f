"""Being on another network for a while."""

import ctypes
import os
from pathlib import Path

_NETWORK = 0x40000000  # CLONE_NEWNET
_libc = ctypes.CDLL(None, use_errno=True)


class NetworkVisit:
    """The calling thread is on the network of `target` until `end`; so are the threads that it starts meanwhile."""

    def __init__(self, target: Path):
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        there = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _join(there)
        finally:
            os.close(there)

    def end(self) -> None:
        _join(self._home)
        os.close(self._home)


def _join(namespace: int) -> None:
    if _libc.setns(namespace, _NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "cannot change the network namespace")
