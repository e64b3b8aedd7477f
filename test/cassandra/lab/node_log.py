"""A node's log, read while it grows."""

import re
import time
from collections.abc import Callable
from pathlib import Path

_ALIVE = re.compile(r"(?:InetAddress|FatClient) \S*?/?([\d.]+)(?::\d+)? (is now UP|is now DOWN|has been silent)")


class NodeLog:
    def __init__(self, path: Path):
        self.path = path

    def size(self) -> int:
        """A mark for `since`: what is written later comes after it."""
        return self.path.stat().st_size if self.path.exists() else 0

    def text(self, since: int = 0) -> str:
        if not self.path.exists():
            return ""
        with open(self.path, "rb") as file:
            file.seek(since)
            return file.read().decode(errors="replace")

    def lines(self, pattern: str, since: int = 0) -> list[str]:
        return [line for line in self.text(since).splitlines() if re.search(pattern, line)]

    def last_lines(self, count: int = 20) -> str:
        return "\n".join(self.text().splitlines()[-count:])

    def alive_peers(self, since: int = 0) -> dict[str, bool]:
        """What the node last said of each peer since the mark: whether it is up."""
        return {address: word.endswith("UP") for address, word in _ALIVE.findall(self.text(since))}


def wait_until(
    what: str, is_true: Callable[[], bool], timeout: float, check: Callable[[], None] | None = None
) -> None:
    """Polls; `check` may raise when waiting has become senseless."""
    deadline = time.monotonic() + timeout
    while not is_true():
        if check:
            check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"timed out after {timeout:g} s waiting for {what}")
        time.sleep(0.1)
