"""Requests to the management API of a node, and to its metrics, by Python's own client."""

import functools
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .store import KeyStore

if TYPE_CHECKING:
    from .node import Node

_TIMEOUT = 60.0  # seconds for an answer, and for the end of a repair


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    def json(self) -> Any:
        assert self.status < 300, self
        return json.loads(self.text)


def get(node: "Node", path: str, **query: str) -> Answer:
    return call(node, "GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))


def call(node: "Node", method: str, path: str, body: object = None) -> Answer:
    """Raises if there is no answer."""
    return _ask(node, method, f"{node.management_endpoint}{path}", body)


def metrics(node: "Node", name: str) -> str:
    """Those whose names begin so, in Prometheus' text format."""
    answer = _ask(node, "GET", f"{node.metrics_endpoint}/metrics?name={name}")
    assert answer.status == 200, answer
    return answer.text


def set_faults(node: "Node", *faults: str) -> None:
    """
    These from now on, and no other: `lose_answers` (a repair starts, but the connection is closed without a word) and
    `lose_events` (a job hears nothing, and waits for ever).
    """
    assert call(node, "PUT", "/lab/faults", dict.fromkeys(faults, True)).status == 200


def start_repair(node: "Node", keyspace: str, **wishes: Any) -> str:
    """The id of the job."""
    answer = call(node, "PUT", "/api/v2/repairs", {"keyspace": keyspace, "full_repair": True, **wishes})
    assert answer.status == 202, answer
    return str(answer.json()["repair_id"])


def job(node: "Node", job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = get(node, "/api/v0/ops/executor/job", job_id=job_id).json()
    return found


def ended_job(node: "Node", job_id: str) -> dict[str, Any]:
    """As soon as it waits no more."""
    deadline = time.monotonic() + _TIMEOUT
    while (found := job(node, job_id))["status"] == "WAITING":
        assert time.monotonic() < deadline, f"{job_id} on {node} does not end: {found}"
        time.sleep(0.05)
    return found


def _ask(node: "Node", method: str, address: str, body: object = None) -> Answer:
    context = _context(node.key_store) if node.options.management_tls else None
    url = f"{'https' if context else 'http'}://{address}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT, context=context) as response:
            return Answer(response.status, response.read().decode())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.read().decode())


@functools.cache
def _context(store: KeyStore) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(store.certificate))
    context.load_cert_chain(store.key_file())
    return context
