"""Each cluster has its own loopback network 127.0.X.0/24, so that clusters run side by side on port 7199."""

import fcntl
import os
import socket
import tempfile
from pathlib import Path
from typing import IO

_FIRST, _LAST = 8, 250
_PORTS = (7199, 7000, 9042)


class LoopbackNetwork:
    """A network of which this process is the only user until `release` or its end."""

    def __init__(self, number: int, lock: IO[str]):
        self.number = number
        self._lock = lock

    def address(self, host: int) -> str:
        return f"127.0.{self.number}.{host}"

    def release(self) -> None:
        self._lock.close()


def reserve_network() -> LoopbackNetwork:
    # One folder for all caches and worktrees of the machine: it is the machine's network that is shared.
    folder = Path(tempfile.gettempdir()) / f"helenus-lab-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for number in range(_FIRST, _LAST + 1):
        lock = open(folder / f"127.0.{number}.lock", "a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        network = LoopbackNetwork(number, lock)
        if not any(_is_open(network.address(1), port) for port in _PORTS):
            return network
        network.release()
    raise RuntimeError(f"no free loopback network between 127.0.{_FIRST}.0 and 127.0.{_LAST}.0")


def _is_open(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0
