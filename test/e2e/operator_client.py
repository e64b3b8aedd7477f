"""k8ssandra-operator as Reaper hears of it: its REST calls, by its own client in Go (programs/reconcile)."""

import subprocess
from pathlib import Path

from e2e.ring import CLUSTER

_TIMEOUT = 60.0  # seconds; its client waits for ten for each answer


class Operator:
    """Of the data center of a namespace; `reference`: which names a Reaper that is elsewhere."""

    def __init__(self, program: Path, address: str, login: tuple[str, str], namespace: str, *, reference: bool = False):
        user, password = login
        options = [f"-url=http://{address}:8080", f"-user={user}", f"-password={password}"]
        options += [f"-cluster={CLUSTER}", f"-namespace={namespace}", f"-reference={str(reference).lower()}"]
        self._command = [program, *options]

    def reconcile(self) -> str:
        """`added` or `known`; otherwise why it was refused."""
        done = subprocess.run(self._command, capture_output=True, text=True, timeout=_TIMEOUT)
        return (done.stdout if done.returncode == 0 else done.stderr).strip()
