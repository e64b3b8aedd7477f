"""The fixtures of the tests on a real Kubernetes."""

import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e import figures
from e2e.lab import Kubernetes, Machine, images
from e2e.lab.cassandra_image import cassandra_image
from e2e.lab.paths import LABS_FOLDER, REPOSITORY
from e2e.lab.programs import build_programs
from e2e.manifests import IMAGE
from e2e.namespaces import new_namespace, told_if_failed

_BUILT = REPOSITORY / "build" / "release" / "helenus"
_KEPT_LABS = 10
# What it has to say of nodes that are not there yet would hide the rest.
logging.getLogger("cassandra").setLevel(logging.CRITICAL)


def _say(text: str) -> None:
    print(f"lab: {text}", file=sys.__stderr__, flush=True)


def _forget_old_labs() -> None:
    """Their logs; names begin with the time."""
    ended = [path for path in sorted(LABS_FOLDER.glob("2*")) if not Machine(path).is_running()]
    for path in ended[:-_KEPT_LABS]:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """A Kubernetes of this session alone, on whose network the tests are; it knows the image of Helenus."""
    LABS_FOLDER.mkdir(parents=True, exist_ok=True)
    _forget_old_labs()
    folder = Path(tempfile.mkdtemp(prefix=time.strftime("%Y%m%d-%H%M%S-"), dir=LABS_FOLDER))
    machine = Machine(folder, _say)
    try:
        machine.start(detached=False)
        program = Path(os.environ.get("HELENUS_BINARY") or _BUILT).resolve()
        machine.import_image(images.of_helenus(program, IMAGE, folder / "helenus.tar"))
        machine.enter_network()
        yield machine
    finally:
        machine.stop()


@pytest.fixture(scope="session", autouse=True)
def _helm() -> None:
    """Tests of the chart alone want only this."""
    if not os.environ.get("HELENUS_HELM"):
        os.environ["HELENUS_HELM"] = str(build_programs(_say).helm)


@pytest.fixture(scope="session")
def kubernetes(machine: Machine) -> Kubernetes:
    return Kubernetes(machine.files, str(machine.programs.kubectl))


@pytest.fixture(scope="session")
def cassandra_images(machine: Machine) -> None:
    """For tests that start Cassandra in pods."""
    machine.import_image(cassandra_image(_say))


@pytest.fixture
def namespace(request: pytest.FixtureRequest, kubernetes: Kubernetes) -> Iterator[str]:
    """An empty namespace of this test alone; gone at the end, with its pods. If the test failed, what was in it is told."""
    with new_namespace(kubernetes, request.node.name) as name, told_if_failed(request, kubernetes, name):
        yield name


@pytest.fixture(scope="module")
def module_namespace(request: pytest.FixtureRequest, kubernetes: Kubernetes) -> Iterator[str]:
    """One for all tests of a module."""
    with new_namespace(kubernetes, Path(request.node.name).stem) as name:
        yield name


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in figures.lines():
        terminalreporter.write_line(f"e2e: {line}")
