"""JMX requests with the JDK's own client: half a second each, independent of Helenus' client."""

import json
import os
import socket
import subprocess
from typing import TYPE_CHECKING, Any

from . import jvm
from .options import JMX_PASSWORD, JMX_PORT, JMX_USER

if TYPE_CHECKING:
    from .node import Node

STORAGE_SERVICE = "org.apache.cassandra.db:type=StorageService"

_TIMEOUT = 400.0  # seconds; a repair or a decommission takes some


class JmxError(RuntimeError):
    """The node refused, or did not answer."""


def get(node: "Node", mbean: str, attribute: str) -> Any:
    return get_all(node, mbean, [attribute])[attribute]


def get_all(node: "Node", mbean: str, attributes: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = _request(node, ["get", mbean, *attributes])
    return values


def invoke(node: "Node", mbean: str, operation: str, *arguments: Any) -> Any:
    """Arguments: bool, int (a Java int) and str; `long(n)` for a Java long."""
    return _request(node, ["invoke", mbean, operation, *map(_typed, arguments)])


def repair(node: "Node", keyspace: str, **options: str) -> dict[str, Any]:
    """
    Runs StorageService.repairAsync to its end: {command, complete, notifications}. Options are those of Cassandra:
    incremental="false", ranges="1:2,3:4", columnFamilies="t1,t2", parallelism="parallel", ...
    """
    words = ["repair", keyspace, *(f"{name}={value}" for name, value in options.items())]
    result: dict[str, Any] = _request(node, words)
    return result


class long(int):
    """An int that Java shall take as a long."""


def is_listening(node: "Node") -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((node.address, JMX_PORT)) == 0


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return f"boolean:{str(value).lower()}"
    if isinstance(value, long):
        return f"long:{value}"
    if isinstance(value, int):
        return f"int:{value}"
    if isinstance(value, str):
        return f"string:{value}"
    raise TypeError(f"{value!r} has no Java type here")


def _request(node: "Node", words: list[str]) -> Any:
    small = ["-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
    command = [str(node.server.java.program), *small, "-Djava.net.preferIPv4Stack=true"]
    environment = dict(os.environ)
    if node.options.jmx_auth:
        environment |= {"LAB_JMX_USER": JMX_USER, "LAB_JMX_PASSWORD": JMX_PASSWORD}
    if node.options.jmx_tls:
        command += ["-Dlab.jmx.tls=true", *node.key_store.tls_options()]
    command += ["-cp", str(node.server.labjmx), "LabJmx", node.address, str(JMX_PORT), *words]
    try:
        done = subprocess.run(
            jvm.bound_to_parent(command), env=environment, capture_output=True, text=True, timeout=_TIMEOUT
        )
    except subprocess.TimeoutExpired:
        raise JmxError(f"{node} did not answer {' '.join(words)} within {_TIMEOUT:g} s") from None
    if done.returncode != 0:
        raise JmxError(f"{node} refused {' '.join(words)}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])
