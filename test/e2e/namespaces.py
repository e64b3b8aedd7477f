"""Namespaces of tests."""

import contextlib
import re
from collections.abc import Iterator

import pytest
from e2e.lab import Kubernetes
from lab.node_log import wait_until

_TIMEOUT = 300.0  # seconds; a busy machine is slow


@contextlib.contextmanager
def new_namespace(kubernetes: Kubernetes, text: str) -> Iterator[str]:
    """An empty one with a name like this text; gone at the end, with its pods."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower())[:50].strip("-")
    kubernetes.kubectl("create", "namespace", name)
    yield name
    kubernetes.kubectl("delete", "namespace", name, "--wait=false")
    # Nobody takes their place any more; what they would say in their last half minute nobody reads.
    kubernetes.kubectl("delete", "pods", "--all", "--grace-period=1", "--wait=false", f"--namespace={name}")
    wait_until("the namespace to be gone", lambda: kubernetes.find(f"/api/v1/namespaces/{name}") is None, _TIMEOUT)


@contextlib.contextmanager
def told_if_failed(request: pytest.FixtureRequest, kubernetes: Kubernetes, namespace: str) -> Iterator[None]:
    """For a fixture, which yields meanwhile: what is in a namespace, if a test fails."""
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        print(kubernetes.state_of(namespace))
