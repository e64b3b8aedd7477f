"""Where the lab keeps what."""

import os
from pathlib import Path

E2E_FOLDER = Path(__file__).resolve().parent.parent
REPOSITORY = E2E_FOLDER.parent.parent
# What the packages of Python are found from: this one is e2e.lab, the one of Cassandra is lab.
PYTHON_PATH = f"{E2E_FOLDER.parent}:{E2E_FOLDER.parent / 'cassandra'}"
LABS_FOLDER = REPOSITORY / "build" / "e2e"
DEFAULT_LAB = LABS_FOLDER / "lab"  # the one of the command line


def cache_folder() -> Path:
    """HELENUS_KUBERNETES_CACHE, or `helenus/kubernetes` among this user's caches: outside the clone, which CI makes anew."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get("HELENUS_KUBERNETES_CACHE") or caches / "helenus" / "kubernetes")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()
