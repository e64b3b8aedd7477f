"""What a client needs to know of a running cluster."""

import json
from typing import Any

from . import options as lab_options
from .cluster import Cluster


def description(cluster: Cluster) -> dict[str, Any]:
    """What a client needs to know of a cluster, as JSON."""
    options = cluster.options
    certificate = str(cluster.store.certificate) if cluster.store else None
    jmx_login = {"user": lab_options.JMX_USER, "password": lab_options.JMX_PASSWORD} if options.jmx_auth else {}
    cql_login = {"user": lab_options.CQL_USER, "password": lab_options.CQL_PASSWORD} if options.cql_auth else {}
    return {
        "version": cluster.server.version.release,
        "cluster_name": options.name,
        "folder": str(cluster.folder),
        "nodes": [
            {
                "address": node.address,
                "jmx": node.jmx_endpoint,
                "cql": node.cql_endpoint,
                "data_center": node.data_center,
                "rack": node.rack,
                "pid": node.pid,
                "log": str(node.log.path),
            }
            for node in cluster.nodes
        ],
        "jmx": {"tls": options.jmx_tls, "certificate": certificate if options.jmx_tls else None} | jmx_login,
        "cql": {"tls": options.cql_tls, "certificate": certificate if options.cql_tls else None} | cql_login,
    }


def environment(cluster: Cluster) -> dict[str, str]:
    """The same for a test program that is started beside the cluster."""
    jmx = description(cluster)["jmx"]
    security = {"USER": jmx.get("user"), "PASSWORD": jmx.get("password"), "CA": jmx["certificate"]}
    return {f"HELENUS_TEST_JMX_{name}": value for name, value in security.items() if value} | {
        "HELENUS_TEST_NODES": ",".join(node.jmx_endpoint for node in cluster.nodes),
        "HELENUS_TEST_CQL_NODES": ",".join(node.cql_endpoint for node in cluster.nodes),
        "HELENUS_TEST_CASSANDRA": json.dumps(description(cluster)),
    }
