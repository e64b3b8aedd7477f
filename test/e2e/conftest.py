"""The fixtures of the tests on a real Kubernetes."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e import figures
from e2e.lab import Kubernetes, Machine, images
from e2e.lab.paths import LABS_FOLDER, REPOSITORY
from e2e.manifests import IMAGE

_BUILT = REPOSITORY / "build" / "release" / "helenus"


def _say(text: str) -> None:
    print(f"lab: {text}", file=sys.__stderr__, flush=True)


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """A Kubernetes of this session alone, on whose network the tests are; it knows the image of Helenus."""
    LABS_FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=time.strftime("%Y%m%d-%H%M%S-"), dir=LABS_FOLDER))
    machine = Machine(folder, _say)
    machine.start(detached=False)
    try:
        program = Path(os.environ.get("HELENUS_BINARY") or _BUILT).resolve()
        machine.import_image(images.of_helenus(program, IMAGE, folder / "helenus.tar"))
        machine.enter_network()
        yield machine
    finally:
        machine.stop()


@pytest.fixture(scope="session")
def kubernetes(machine: Machine) -> Kubernetes:
    return Kubernetes(machine.files, str(machine.programs.components / "kubectl"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in figures.lines():
        terminalreporter.write_line(f"e2e: {line}")
