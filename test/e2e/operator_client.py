"""k8ssandra-operator as Reaper hears of it: its REST calls, by its own client in Go (programs/reconcile)."""

import subprocess
import time
from pathlib import Path

from e2e.ring import CLUSTER
from e2e.stores import Stores

_TIMEOUT = 300.0  # seconds; a busy machine is slow
_PERIOD = 0.2  # seconds; of the operator 15


class Operator:
    """`stores`: the port wants TLS and a certificate."""

    def __init__(self, program: Path, address: str, login: tuple[str, str], stores: Stores | None = None):
        user, password = login
        base = f"{'https' if stores else 'http'}://{address}:8080"
        self._command = [str(program), f"-url={base}", f"-user={user}", f"-password={password}", f"-cluster={CLUSTER}"]
        self._command += [f"-certificates={stores.folder}"] if stores else []

    def reconcile(self, namespace: str, *, reference: bool = False) -> str:
        """
        The data center there, `added` or `known`; asks again and again until it is not refused. `reference`: which names
        a Reaper that is elsewhere.
        """
        words = [*self._command, f"-namespace={namespace}", f"-reference={str(reference).lower()}"]
        refusal = ""
        deadline = time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline:
            done = subprocess.run(words, capture_output=True, text=True, timeout=_TIMEOUT)
            if done.returncode == 0:
                return done.stdout.strip()
            refusal = done.stderr.strip()
            time.sleep(_PERIOD)
        raise TimeoutError(f"refused for {_TIMEOUT:g} s: {refusal}")
