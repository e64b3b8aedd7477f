"""Clusters of the lab with passwords and TLS."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import replace

import pytest
from cassandra.cluster import NoHostAvailable
from lab import Cluster, data, jmx
from lab.nodetool import nodetool
from lab.options import CQL_USER, JMX_PORT


@pytest.fixture
def secured(start_cluster: Callable[..., Cluster]) -> Cluster:
    return start_cluster(data_centers={"dc1": 1}, jmx_auth=True, jmx_tls=True, cql_auth=True, cql_tls=True)


def test_jmx_takes_the_password_over_tls(secured: Cluster) -> None:
    node = secured.nodes[0]
    assert node.operation_mode() == "NORMAL"
    assert "UN  " + node.address in nodetool(node, "status")


def test_jmx_refuses_strangers(secured: Cluster) -> None:
    node = secured.nodes[0]
    options = node.options
    try:
        node.options = replace(options, jmx_auth=False)
        with pytest.raises(jmx.JmxError, match="Credentials required"):
            node.operation_mode()
        node.options = replace(options, jmx_tls=False)
        with pytest.raises(jmx.JmxError):
            node.operation_mode()
    finally:
        node.options = options


def test_jmx_port_shows_the_certificate_of_the_cluster(secured: Cluster) -> None:
    assert secured.store
    context = ssl.create_default_context(cafile=str(secured.store.certificate))
    address = secured.nodes[0].address
    with socket.create_connection((address, JMX_PORT), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=address) as stream:
            assert stream.version() in ("TLSv1.2", "TLSv1.3")


def test_cql_takes_the_password(secured: Cluster) -> None:
    (row,) = data.execute(secured.nodes[0], "SELECT role, can_login FROM system_auth.roles")
    assert (row.role, row.can_login) == (CQL_USER, True)


def test_cql_refuses_a_wrong_password(secured: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "CQL_PASSWORD", "wrong")
    monkeypatch.setattr(data, "_LOGIN_TIMEOUT", 0.0)
    with pytest.raises(NoHostAvailable, match="incorrect"):
        data.execute(secured.nodes[0], "SELECT key FROM system.local")
