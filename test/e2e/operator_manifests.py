"""
What k8ssandra-operator makes of a Reaper resource: a Deployment with its state in Cassandra, or a StatefulSet with a volume
of its own, and a Service. Written down from its behaviour (1.32), since the operator itself is not to be had; only the
probes are asked more often than it does.
"""

from collections.abc import Sequence

from e2e.manifests import Object, helenus_container, mounts, pod_spec, secret_variable, service, variable, volume_claim
from e2e.ring import CLUSTER, DATA_CENTER
from e2e.stores import (
    ClientStores,
    client_store_mounts,
    client_store_volumes,
    management_store_mount,
    management_store_volume,
    server_store_mount,
    server_store_volume,
)

NAME = f"{CLUSTER}-{DATA_CENTER}-reaper"
SERVICE = f"{NAME}-service"
KEYSPACE = "reaper_db"
CASSANDRA_SECRET, UI_SECRET = f"{CLUSTER}-reaper", f"{CLUSTER}-reaper-ui"
LABELS = {"app.kubernetes.io/managed-by": "k8ssandra-operator", "k8ssandra.io/reaper": NAME}
STATE = "reaper-data"
_CONTACT = f'[{{"host": "{CLUSTER}-{DATA_CENTER}-service", "port": 9042}}]'
_SKIP = ("REAPER_SKIP_SCHEMA_MIGRATION", "true")


def operator_service() -> Object:
    return service(SERVICE, LABELS, {"app": 8080, "admin": 8081})


def operator_deployment(stores: ClientStores, *, skip_migration: bool = False, http_management: bool = True) -> Object:
    """
    With `clientEncryptionStores`. `skip_migration` is `skipSchemaMigration` of the resource: somebody else brings the
    schema; `http_management` is `httpManagement.enabled`, without which nodes are reached over JMX.
    """
    settings = _settings_of_cassandra(stores, skip_migration=skip_migration)
    settings += _http_management() if http_management else []
    container = _main_container(settings, bug=not skip_migration)
    init = [] if skip_migration else [_init_container(settings)]
    spec = pod_spec(container) | {"initContainers": init}
    _add_stores(spec)
    return _workload("Deployment", spec)


def operator_stateful_set() -> Object:
    """
    `storageType: local` without a data center: a control plane, at which clusters elsewhere are registered. With
    `encryption`, of both ends, and `httpManagement.keystores`.
    """
    settings = _variables(_common("memory") | {"REAPER_HEAP_SIZE": _HEAP})
    settings += [*_http_management(), *_variables(_MANAGEMENT_STORES | _SERVER_TLS)]
    container, init = _main_container(settings), _init_container(settings)
    for one in (container, init):
        one["volumeMounts"] += [
            {"name": STATE, "mountPath": "/var/lib/cassandra-reaper/storage"},
            {"name": "db-temp-dir", "mountPath": "/var/tmp/cassandra-reaper"},
            management_store_mount(),
            server_store_mount(),
        ]
    spec = pod_spec(container) | {"initContainers": [init]}
    spec["volumes"] += [{"name": "db-temp-dir", "emptyDir": {}}, management_store_volume(), server_store_volume()]
    made = _workload("StatefulSet", spec)
    made["spec"] |= {
        "replicas": 1,
        "volumeClaimTemplates": [volume_claim(STATE)],
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Delete"},
    }
    return made


def migration_job(name: str, stores: ClientStores) -> Object:
    """The migration alone, for those who skip it in the Deployment."""
    spec = pod_spec(_init_container(_settings_of_cassandra(stores))) | {"restartPolicy": "Never"}
    _add_stores(spec)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 20, "template": {"metadata": {"labels": {"job": name}}, "spec": spec}},
    }


def _add_stores(spec: Object) -> None:
    """To a pod, for all its containers."""
    for one in (*spec["containers"], *spec.get("initContainers", [])):
        one["volumeMounts"] += client_store_mounts()
    spec["volumes"] += client_store_volumes()


def _workload(kind: str, pod: Object) -> Object:
    selector = [{"key": key, "operator": "In", "values": [value]} for key, value in LABELS.items()]
    template = {"metadata": {"labels": LABELS}, "spec": pod}
    metadata = {"name": NAME, "labels": LABELS}
    spec = {"selector": {"matchExpressions": selector}, "template": template}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}


def _main_container(settings: Sequence[Object], *, bug: bool = False) -> Object:
    """
    With the `bug` of the operator, which adds the logins to a list that both containers share: the last one of them takes
    the place that the others moved up from, and is there twice, while the word to leave the schema alone is lost. So it
    comes out with client TLS, in most cases.
    """
    logins = _logins()
    more = [*logins, logins[-1]] if bug else [variable(*_SKIP), *logins]
    container = helenus_container([*settings, *more])
    container["resources"] = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "3Gi"}}
    return container


def _init_container(settings: Sequence[Object]) -> Object:
    """The same environment, but no group of its own, so it runs with group 0."""
    container = helenus_container([*settings, *_logins()])
    for absent in ("ports", "livenessProbe", "readinessProbe"):
        del container[absent]
    del container["securityContext"]["runAsGroup"]
    container["resources"] = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}}
    return container | {"name": "reaper-schema-init", "args": ["schema-migration"], "volumeMounts": mounts()}


_HEAP = "2147483648"
_MANAGEMENT_STORES = {
    "REAPER_HTTP_MANAGEMENT_KEYSTORE_PATH": "/etc/encryption/mgmt/keystore.jks",
    "REAPER_HTTP_MANAGEMENT_TRUSTSTORE_PATH": "/etc/encryption/mgmt/truststore.jks",
}
_SERVER_TLS = {
    "REAPER_SERVER_TLS_ENABLE": "true",
    "REAPER_SERVER_TLS_KEYSTORE_PATH": "/etc/encryption/server/keystore.jks",
    "REAPER_SERVER_TLS_TRUSTSTORE_PATH": "/etc/encryption/server/truststore.jks",
    "REAPER_SERVER_TLS_CLIENT_AUTH": "true",
    "REAPER_SERVER_TLS_DISABLE_SNI": "true",
}


def _common(storage: str) -> dict[str, str]:
    return {
        "REAPER_STORAGE_TYPE": storage,
        "REAPER_ENABLE_DYNAMIC_SEED_LIST": "false",
        "REAPER_DATACENTER_AVAILABILITY": "ALL",
    }


def _http_management() -> list[Object]:
    """The default of the resource."""
    return [variable("REAPER_HTTP_MANAGEMENT_ENABLE", "true")]


def _settings_of_cassandra(stores: ClientStores, *, skip_migration: bool = False) -> list[Object]:
    values = _common("cassandra") | {
        "REAPER_CASS_LOCAL_DC": DATA_CENTER,
        "REAPER_CASS_KEYSPACE": KEYSPACE,
        "REAPER_CASS_CONTACT_POINTS": _CONTACT,
    }
    values |= dict([_SKIP]) if skip_migration else {}  # which the daemon gets once more
    values |= {"REAPER_HEAP_SIZE": _HEAP}
    values |= {"JAVA_OPTS": _java_options(stores), "REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED": "true"}
    return _variables(values)


def _java_options(stores: ClientStores) -> str:
    store, driver = "-Djavax.net.ssl", "-Ddatastax-java-driver.advanced.ssl-engine-factory"
    return " ".join(
        [
            f"{store}.keyStore=/mnt/client-keystore/keystore",
            f"{store}.keyStorePassword={stores.key_password}",
            f"{store}.trustStore=/mnt/client-truststore/truststore",
            f"{store}.trustStorePassword={stores.trust_password}",
            "-Dssl.enable=true",
            f"{driver}.class=com.datastax.oss.driver.internal.core.ssl.DefaultSslEngineFactory",
            f"{driver}.hostname-validation=false",
        ]
    )


def _variables(values: dict[str, str]) -> list[Object]:
    return [variable(name, value) for name, value in values.items()]


def _logins() -> list[Object]:
    return [
        variable("REAPER_CASS_AUTH_ENABLED", "true"),
        secret_variable("REAPER_CASS_AUTH_USERNAME", CASSANDRA_SECRET, "username"),
        secret_variable("REAPER_CASS_AUTH_PASSWORD", CASSANDRA_SECRET, "password"),
        # The operator gives JMX the login of CQL.
        secret_variable("REAPER_JMX_AUTH_USERNAME", CASSANDRA_SECRET, "username"),
        secret_variable("REAPER_JMX_AUTH_PASSWORD", CASSANDRA_SECRET, "password"),
        variable("REAPER_AUTH_ENABLED", "true"),
        secret_variable("REAPER_AUTH_USER", UI_SECRET, "username"),
        secret_variable("REAPER_AUTH_PASSWORD", UI_SECRET, "password"),
    ]
