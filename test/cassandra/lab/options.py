"""What a cluster shall be like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .versions import DEFAULT_VERSION

JMX_PORT = 7199
CQL_PORT = 9042
MANAGEMENT_PORT = 8080
METRICS_PORT = 9000

JMX_USER, JMX_PASSWORD = "cassandra", "cassandrapw"
CQL_USER, CQL_PASSWORD = "cassandra", "cassandra"
STORE_PASSWORD = "labstorepw"


@dataclass(frozen=True)
class ClusterOptions:
    version: str = DEFAULT_VERSION
    data_centers: Mapping[str, int] = field(default_factory=lambda: {"dc1": 3})  # nodes of each
    racks: int = 1  # in each data center, dealt out in turn
    num_tokens: int = 16
    jmx_auth: bool = False  # JMX_USER and JMX_PASSWORD; also a user `reader` who may only read
    # By the JDK's own JMX agent: Cassandra's one cannot bind TLS to a single address.
    jmx_tls: bool = False
    jmx_client_certificate: bool = False  # with jmx_tls: clients must show the certificate of the cluster
    cql_auth: bool = False  # CQL_USER and CQL_PASSWORD
    cql_tls: bool = False  # optional: the port takes plain connections as well
    cql_client_certificate: bool = False  # with cql_tls: who speaks TLS must show the certificate of the cluster
    management_api: bool = False  # a stand-in for it in every node, and for the agent that shows metrics; not with 3.11
    management_tls: bool = False  # with management_api: both speak TLS, and clients must show the certificate of the cluster
    auto_repair: bool = False  # Cassandra's own scheduler (CEP-37), 5.0.9 and later
    java: int | None = None  # another Java major than the version's usual one
    heap_mib: int = 256
    name: str = "lab"
    yaml: Mapping[str, Any] = field(default_factory=dict)  # more settings of cassandra.yaml
    jvm: tuple[str, ...] = ()  # more options of every node's JVM

    @property
    def node_count(self) -> int:
        return sum(self.data_centers.values())

    @property
    def needs_store(self) -> bool:
        return self.jmx_tls or self.cql_tls or self.management_tls


def dynamic_tokens(position: int, count: int, num_tokens: int) -> list[int]:
    """
    The tokens of node `position` (from 0) of `count`: evenly spread and dealt out in turn, so that every run has
    the same ring and every node the same share.
    """
    step = 2**64 // (count * num_tokens)
    return [-(2**63) + (k * count + position) * step for k in range(num_tokens)]
