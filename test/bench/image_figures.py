"""The container image."""

import pathlib
import sys
import tempfile
from collections.abc import Iterator

from figure import Figure
from programs import HELENUS, ROOT

sys.path.insert(0, str(ROOT / "tools"))
import image  # noqa: E402


def size() -> Iterator[Figure]:
    """What a registry would send of it."""
    with tempfile.TemporaryDirectory() as folder:
        bytes_sent = image.build(pathlib.Path(HELENUS), pathlib.Path(folder) / "image.tar", "localhost/helenus:bench")
    yield Figure("image", bytes_sent / 1e6, 20, "MB")
