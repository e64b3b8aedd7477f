"""Writes a node's conf folder and says the JVM options that point to it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import options as lab_options
from .jvm import file_url

if TYPE_CHECKING:
    from .node import Node

_LOGBACK = """<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level [%thread] %date{ISO8601} %F:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="OUT"/></root>
  <logger name="org.apache.cassandra.repair" level="DEBUG"/>
</configuration>
"""


def write_settings(node: "Node", seeds: list[str], auto_bootstrap: bool) -> list[str]:
    """Writes conf/ and returns the system properties for the JVM."""
    conf = node.folder / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    settings = _cassandra_yaml(node, seeds, auto_bootstrap)
    # JSON is YAML, and Python's standard library writes it.
    (conf / "cassandra.yaml").write_text(json.dumps(settings, indent=1) + "\n")
    (conf / "logback.xml").write_text(_LOGBACK)
    (conf / "cassandra-rackdc.properties").write_text(f"dc={node.data_center}\nrack={node.rack}\n")
    return [
        f"-Dcassandra.config={file_url(conf / 'cassandra.yaml')}",
        f"-Dlogback.configurationFile={file_url(conf / 'logback.xml')}",
        f"-Dcassandra-rackdc.properties={file_url(conf / 'cassandra-rackdc.properties')}",
        f"-Dcassandra.storagedir={node.folder / 'data'}",
        f"-Dcassandra.logdir={node.folder}",
        *_jmx_properties(node, conf),
        *(_management_properties(node) if node.options.management_api else []),
        *(["-Dcassandra.autorepair.enable=true"] if node.options.auto_repair else []),
    ]


def _cassandra_yaml(node: "Node", seeds: list[str], auto_bootstrap: bool) -> dict[str, Any]:
    options = node.options
    data = node.folder / "data"
    settings: dict[str, Any] = {
        "cluster_name": options.name,
        "num_tokens": options.num_tokens,
        "initial_token": ",".join(map(str, node.tokens)),
        "auto_bootstrap": auto_bootstrap,
        "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
        "endpoint_snitch": "GossipingPropertyFileSnitch",
        # A coordinator reads its own replica first, so that a test sees what that node has.
        "dynamic_snitch": False,
        # A node that was away really misses what was written meanwhile.
        "hinted_handoff_enabled": False,
        "auto_snapshot": False,
        "start_native_transport": True,
        "listen_address": node.address,
        "rpc_address": node.address,
        "commitlog_sync": "periodic",
        "concurrent_reads": 4,
        "concurrent_writes": 4,
        "concurrent_compactors": 1,
        "data_file_directories": [str(data / "data")],
        "commitlog_directory": str(data / "commitlog"),
        "hints_directory": str(data / "hints"),
        "saved_caches_directory": str(data / "saved_caches"),
        "cdc_raw_directory": str(data / "cdc_raw"),
        "seed_provider": [
            {
                "class_name": "org.apache.cassandra.locator.SimpleSeedProvider",
                "parameters": [{"seeds": ",".join(seeds)}],
            }
        ],
        **(_OLD_SIZES if node.server.version.units_in_names else _SIZES),
    }
    if options.cql_auth:
        settings |= {
            "authenticator": "PasswordAuthenticator",
            "authorizer": "CassandraAuthorizer",
            "role_manager": "CassandraRoleManager",
        }
    if options.cql_tls:
        settings["client_encryption_options"] = {
            "enabled": True,
            "optional": True,
            "keystore": str(node.key_store.keystore),
            "keystore_password": lab_options.STORE_PASSWORD,
            "store_type": "PKCS12",
            "require_client_auth": options.cql_client_certificate,
            "truststore": str(node.key_store.keystore),
            "truststore_password": lab_options.STORE_PASSWORD,
        }
    if options.auto_repair:
        settings["auto_repair"] = {"enabled": True}
    return settings | dict(options.yaml)


_SIZES = {
    "commitlog_sync_period": "10000ms",
    "commitlog_segment_size": "4MiB",
    "commitlog_total_space": "64MiB",
    "memtable_heap_space": "32MiB",
    "memtable_offheap_space": "32MiB",
    "key_cache_size": "1MiB",
    "file_cache_size": "32MiB",
    "networking_cache_size": "16MiB",
    "read_request_timeout": "10s",
    "write_request_timeout": "10s",
    "cas_contention_timeout": "20s",
    "request_timeout": "20s",
}
_OLD_SIZES = {
    "commitlog_sync_period_in_ms": 10000,
    "commitlog_segment_size_in_mb": 4,
    "commitlog_total_space_in_mb": 64,
    "key_cache_size_in_mb": 1,
    "file_cache_size_in_mb": 32,
    "read_request_timeout_in_ms": 10000,
    "write_request_timeout_in_ms": 10000,
    "cas_contention_timeout_in_ms": 20000,
    "request_timeout_in_ms": 20000,
}


def _management_properties(node: "Node") -> list[str]:
    properties = [f"-Dlab.management.address={node.address}"]
    if node.options.management_tls:
        properties += [f"-Dlab.management.keystore={node.key_store.keystore}"]
        properties += [f"-Dlab.management.password={lab_options.STORE_PASSWORD}"]
    return properties


def _jmx_properties(node: "Node", conf: Path) -> list[str]:
    options = node.options
    remote = "-Dcom.sun.management.jmxremote"
    # The registry and the connector share one port, and the stub names the node's own address.
    properties = [f"{remote}.rmi.port={lab_options.JMX_PORT}", f"-Djava.rmi.server.hostname={node.address}"]
    properties += [f"{remote}.authenticate={str(options.jmx_auth).lower()}"]
    if options.jmx_tls:
        properties += [f"{remote}.port={lab_options.JMX_PORT}", f"{remote}.host={node.address}"]
        properties += [f"{remote}.ssl=true", f"{remote}.registry.ssl=true"]
        properties += [f"{remote}.ssl.need.client.auth={str(options.jmx_client_certificate).lower()}"]
        # The agent is a client of its own registry as well.
        properties += node.key_store.tls_options()
    else:
        properties += [f"-Dcassandra.jmx.remote.port={lab_options.JMX_PORT}", f"-Dlab.jmx.bind={node.address}"]
        properties += [f"{remote}.ssl=false"]
    if options.jmx_auth:
        passwords, access = conf / "jmxremote.password", conf / "jmxremote.access"
        passwords.touch(mode=0o600)
        passwords.write_text(f"{lab_options.JMX_USER} {lab_options.JMX_PASSWORD}\nreader readerpw\n")
        access.write_text(f"{lab_options.JMX_USER} readwrite\nreader readonly\n")
        properties += [f"{remote}.password.file={passwords}", f"{remote}.access.file={access}"]
    return properties
