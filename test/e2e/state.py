"""What was in a namespace when a test failed."""

import contextlib
from collections.abc import Iterator

import pytest
from e2e.lab import Kubernetes


@contextlib.contextmanager
def told_if_failed(request: pytest.FixtureRequest, kubernetes: Kubernetes, namespace: str) -> Iterator[None]:
    """For a fixture, which yields meanwhile."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        print(kubernetes.state_of(namespace))
