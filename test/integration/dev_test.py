"""./dev where it may not install packages: it names what is missing and how to get it, and does nothing."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.cache import REPOSITORY
from programs import STEP_TIMEOUT, Finished

NOBODY = 65534
# Every package is there but some ($MISSING), Rust is old, and whoever would install anything leaves a trace.
PROGRAMS = {
    "dpkg-query": 'for package; do :; done; case " $MISSING " in *" $package "*) exit 1 ;; esac; printf installed',
    "rustc": "echo rustc 1.63.0",
    "apt-get": ': > "$HOME/was-asked"',
    "sudo": ': > "$HOME/was-asked"',
}


class Clone:
    """A folder with ./dev alone, and a user of it who is not root."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._programs = folder / "programs"
        self._programs.mkdir()
        for name, command in PROGRAMS.items():
            (self._programs / name).write_text(f"#!/bin/sh\n{command}\n")
            (self._programs / name).chmod(0o755)
        shutil.copy(REPOSITORY / "dev", folder)
        folder.chmod(0o777)
        self._programs.chmod(0o755)

    def run(self, *words: str, missing: str = "", path: str | None = None) -> Finished:
        """./dev on a machine without the packages `missing`."""
        done = subprocess.run(
            ["/bin/bash", str(self.folder / "dev"), *words],
            env={"PATH": path or f"{self._programs}:{os.environ['PATH']}", "HOME": str(self.folder), "MISSING": missing},
            user=NOBODY if os.geteuid() == 0 else None,
            capture_output=True,
            text=True,
            timeout=STEP_TIMEOUT,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def check_untouched(self) -> None:
        assert sorted(path.name for path in self.folder.iterdir()) == ["dev", "programs"]


@pytest.fixture
def clone() -> Iterator[Clone]:
    # Not within pytest's folders, which are their owner's alone.
    with tempfile.TemporaryDirectory(prefix="helenus-dev-") as folder:
        yield Clone(Path(folder))


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("build", "ninja-build libssl-dev"),
        ("build release", "lld-19"),
        ("build", "rustc-web cargo-web"),
        ("test unit", "libgtest-dev"),
        ("test integration", "python3-venv"),
        ("image", "ca-certificates tzdata"),
        ("demo", "openjdk-17-jdk-headless"),
        ("lab up", "containerd runc"),
        ("fmt", "clang-format-19"),
    ],
)
def test_missing_packages_are_named_with_the_command_that_installs_them(
    clone: Clone, command: str, missing: str
) -> None:
    told = clone.run(*command.split(), missing=missing).expect(1).errors
    assert told == (
        f"dev: these Debian packages are missing: {missing}\n"
        f"     Install them with: sudo apt-get install --no-install-recommends {missing}\n"
    )
    clone.check_untouched()


def test_where_debian_is_not_its_packages_are_named_all(clone: Clone) -> None:
    bare = clone.folder / "programs" / "bare"
    bare.mkdir()
    (bare / "dirname").symlink_to(shutil.which("dirname") or "")
    told = clone.run("image", path=str(bare)).expect(1).errors
    assert "sudo apt-get install --no-install-recommends python3 ca-certificates tzdata\n" in told
    clone.check_untouched()
