"""
What k8ssandra-operator makes of a Reaper resource with its state in Cassandra: a Deployment and a Service. Written down
from its behaviour (1.32), since the operator itself is not to be had; only the probes are asked more often than it does.
"""

from e2e.manifests import Object, helenus_container, mounts, pod_spec, secret_variable, service, variable
from e2e.ring import CLUSTER, DATA_CENTER

NAME = f"{CLUSTER}-{DATA_CENTER}-reaper"
SERVICE = f"{NAME}-service"
KEYSPACE = "reaper_db"
CASSANDRA_SECRET, UI_SECRET = f"{CLUSTER}-reaper", f"{CLUSTER}-reaper-ui"
LABELS = {"app.kubernetes.io/managed-by": "k8ssandra-operator", "k8ssandra.io/reaper": NAME}
_CONTACT = f'[{{"host": "{CLUSTER}-{DATA_CENTER}-service", "port": 9042}}]'


def operator_service() -> Object:
    return service(SERVICE, LABELS, {"app": 8080, "admin": 8081})


def operator_deployment(*, skip_migration: bool = False) -> Object:
    """`skip_migration` is `skipSchemaMigration` of the resource: somebody else brings the schema."""
    container = helenus_container([*_settings(), variable("REAPER_SKIP_SCHEMA_MIGRATION", "true"), *_logins()])
    container["resources"] = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "3Gi"}}
    spec = pod_spec(container)
    if not skip_migration:
        spec["initContainers"] = [migration_container()]
    selector = [{"key": key, "operator": "In", "values": [value]} for key, value in LABELS.items()]
    template = {"metadata": {"labels": LABELS}, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": NAME, "labels": LABELS},
        "spec": {"selector": {"matchExpressions": selector}, "template": template},
    }


def migration_container() -> Object:
    """The init container: the same environment, but no group of its own, so it runs with group 0."""
    container = helenus_container([*_settings(), *_logins()])
    for absent in ("ports", "livenessProbe", "readinessProbe"):
        del container[absent]
    del container["securityContext"]["runAsGroup"]
    container["resources"] = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}}
    return container | {"name": "reaper-schema-init", "args": ["schema-migration"], "volumeMounts": mounts()}


def migration_job(name: str) -> Object:
    """The migration alone, for those who skip it in the Deployment."""
    spec = pod_spec(migration_container()) | {"restartPolicy": "Never"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 20, "template": {"metadata": {"labels": {"job": name}}, "spec": spec}},
    }


def _settings() -> list[Object]:
    values = {
        "REAPER_STORAGE_TYPE": "cassandra",
        "REAPER_ENABLE_DYNAMIC_SEED_LIST": "false",
        "REAPER_DATACENTER_AVAILABILITY": "ALL",
        "REAPER_CASS_LOCAL_DC": DATA_CENTER,
        "REAPER_CASS_KEYSPACE": KEYSPACE,
        "REAPER_CASS_CONTACT_POINTS": _CONTACT,
        "REAPER_HEAP_SIZE": "2147483648",
    }
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
