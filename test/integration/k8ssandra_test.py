"""What k8ssandra-operator asks of the container that it runs as Reaper: its arguments and variables, its probe, its calls.
docs/operating/integrating-an-operator.md has the list."""

import contextlib
import hashlib
import http.client
import json
import shutil
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from conftest import StartCluster, StartContainer, StateKeyspace
from container import Container
from fake import fake_cluster
from lab import Cluster, Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT
from service import Ports, Rest, ask

USER, PASSWORD = "shop-reaper-ui", "it's: 100% \"secret\""
# As it writes them, in whatever order.
ALWAYS = {
    "REAPER_ENABLE_DYNAMIC_SEED_LIST": "false",
    "REAPER_DATACENTER_AVAILABILITY": "ALL",
    "REAPER_HEAP_SIZE": "2147483648",
    "REAPER_AUTH_ENABLED": "true",
    "REAPER_AUTH_USER": USER,
    "REAPER_AUTH_PASSWORD": PASSWORD,
}
LOCAL = ALWAYS | {"REAPER_STORAGE_TYPE": "memory", "REAPER_SKIP_SCHEMA_MIGRATION": "true"}
IN_CASSANDRA = ALWAYS | {
    "REAPER_STORAGE_TYPE": "cassandra",
    "REAPER_CASS_LOCAL_DC": "dc1",
    "REAPER_CASS_KEYSPACE": "reaper_db",
    "REAPER_CASS_CONTACT_POINTS": '[{"host": "no-such-dc1-service", "port": 9042}]',
    "REAPER_CASS_AUTH_ENABLED": "true",
    "REAPER_CASS_AUTH_USERNAME": "shop-reaper",
    "REAPER_CASS_AUTH_PASSWORD": PASSWORD,
    "REAPER_JMX_AUTH_USERNAME": "shop-reaper",
    "REAPER_JMX_AUTH_PASSWORD": PASSWORD,
}
SKIP = {"REAPER_SKIP_SCHEMA_MIGRATION": "true"}
# By default; without it nodes are reached over JMX.
HTTP = {"REAPER_HTTP_MANAGEMENT_ENABLE": "true"}


class Operator:
    """The calls of its client."""

    def __init__(self, port: int):
        self._base = f"http://127.0.0.1:{port}"
        self._token = ""

    def log_in(self) -> None:
        form = urllib.parse.urlencode({"username": USER, "password": PASSWORD, "rememberMe": "false"})
        _, body = self.call("POST", "/login", form.encode())
        self._token = json.loads(body)["token"]
        assert self._token

    def clusters(self) -> list[str]:
        status, body = self.call("GET", "/cluster")
        assert status == 200
        return list(json.loads(body))

    def register(self, name: str, seed: str) -> int:
        return self.call("PUT", f"/cluster/{name}?seedHost={seed}")[0]

    def call(self, method: str, path: str, form: bytes | None = None) -> tuple[int, str]:
        request = urllib.request.Request(self._base + path, data=form, method=method)
        request.add_header("Accept", "application/json;q=0.9,text/plain")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urllib.request.urlopen(request, timeout=STEP_TIMEOUT) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()


def wait_until_ready(ports: Ports) -> None:
    wait_until("the daemon is ready", Rest(ports[0]).is_ready, RUN_TIMEOUT)


def test_a_reaper_with_local_storage_registers_a_cluster(
    container: Container, start_container: StartContainer, ports: Ports
) -> None:
    container.run("schema-migration", **LOCAL).expect(0)
    daemon = start_container(**LOCAL)
    assert ask(ports[1], "/healthcheck")[0] == 200
    wait_until_ready(ports)
    assert ask(ports[0], "/cluster")[0] == 401
    operator = Operator(ports[0])
    operator.log_in()
    assert operator.clusters() == []
    with fake_cluster(nodes=1, listening=1, vnodes=1) as cluster:
        assert operator.register("another", cluster.seed) == 400, "the name is that of the seed's cluster"
        assert operator.register("fake", cluster.seed) == 201
        assert operator.register("fake", cluster.seed) == 204, "a control plane asks at every reconciliation"
    assert operator.clusters() == ["fake"]
    assert ask(ports[1], "/prometheusMetrics")[0] == 200
    assert daemon.stop() == 0


def test_a_reaper_that_waits_for_cassandra_is_not_killed(
    container: Container, start_container: StartContainer, ports: Ports
) -> None:
    container.run("schema-migration", "--wait", "1", **IN_CASSANDRA | HTTP).expect(1)
    daemon = start_container(**IN_CASSANDRA | HTTP | SKIP)
    wait_until("it waits", lambda: "no-such-dc1-service" in Rest(ports[0]).status(), STEP_TIMEOUT)
    assert ask(ports[1], "/healthcheck")[0] == 200, "liveness and readiness in one"
    for path in ("/cluster", "/login"):
        assert ask(ports[0], path)[0] in (503, 405), "asked again after 15 seconds"
    assert daemon.stop() == 0
    assert PASSWORD not in daemon.log.read_text()


def test_a_reaper_with_state_in_cassandra_leaves_the_schema_to_its_init_container(
    container: Container,
    start_container: StartContainer,
    ports: Ports,
    cassandra: Cluster,
    nodes: list[Node],
    state: StateKeyspace,
) -> None:
    points = [{"host": node.address, "port": 9042} for node in nodes]
    variables = IN_CASSANDRA | {
        "REAPER_CASS_KEYSPACE": state.name,
        "REAPER_CASS_CONTACT_POINTS": json.dumps(points),
        "REAPER_CASS_REQUEST_TIMEOUT": "30s",  # a busy machine is slow
    }
    data.create_keyspace(cassandra, state.name)  # as it does before
    tables = f"SELECT table_name FROM system_schema.tables WHERE keyspace_name = '{state.name}'"
    daemon = start_container(**variables | SKIP)
    wait_until("it waits", lambda: "schema" in Rest(ports[0]).status(), RUN_TIMEOUT)
    assert not data.execute(nodes[0], tables)
    container.run("schema-migration", timeout=RUN_TIMEOUT, **variables).expect(0)
    wait_until_ready(ports)
    operator = Operator(ports[0])
    operator.log_in()
    name = cluster_name(nodes[0])
    assert operator.register(name, nodes[0].address) == 201
    assert operator.clusters() == [name]
    assert daemon.stop() == 0


def cluster_name(node: Node) -> str:
    """As Reaper has it in paths."""
    (row,) = data.execute(node, "SELECT cluster_name FROM system.local")
    return "".join(letter for letter in row.cluster_name.lower() if letter.isalnum() or letter in "_-.")


class Stores:
    """Key stores as cert-manager puts them into a Secret, and a client's certificate of the same authority."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True)
        self._openssl("req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -keyout ca.key -out ca.crt")
        self.issue("client", "tls.key", "tls.crt")
        self._openssl("pkcs12 -export -in ca.crt -nokeys -passout pass:changeit -out truststore.jks")

    def renew(self) -> str:
        """A new certificate of the server, by its fingerprint."""
        self.issue("shop-reaper-service.shop", "server.key", "server.crt")
        self._openssl("pkcs12 -export -in server.crt -inkey server.key -passout pass:changeit -out new.jks")
        for store in ("new.jks", "truststore.jks"):
            (self.folder / store).chmod(0o644)
        (self.folder / "new.jks").rename(self.folder / "keystore.jks")
        der = ssl.PEM_cert_to_DER_cert((self.folder / "server.crt").read_text())
        return hashlib.sha256(der).hexdigest()

    def issue(self, name: str, key: str, certificate: str) -> None:
        self._openssl(f"req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {key} -out request")
        self._openssl(f"x509 -req -in request -CA ca.crt -CAkey ca.key -CAcreateserial -out {certificate}")

    def client(self, *, certificate: bool) -> ssl.SSLContext:
        """As the operator's: it does not compare names."""
        made = ssl.create_default_context(cafile=str(self.folder / "ca.crt"))
        made.check_hostname = False
        if certificate:
            made.load_cert_chain(self.folder / "tls.crt", self.folder / "tls.key")
        return made

    def _openssl(self, words: str) -> None:
        subprocess.run(["openssl", *words.split()], cwd=self.folder, check=True, capture_output=True)


def ask_over_tls(port: int, client: ssl.SSLContext) -> tuple[int, str]:
    """The status of an answer, and the fingerprint of the certificate."""
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=client, timeout=STEP_TIMEOUT)
    with contextlib.closing(connection):
        connection.request("GET", "/cluster")
        assert isinstance(connection.sock, ssl.SSLSocket)
        der = connection.sock.getpeercert(binary_form=True)
        return connection.getresponse().status, hashlib.sha256(der or b"").hexdigest()


def test_a_reaper_under_tls_is_spoken_to_with_certificates_and_probed_without(
    container: Container, start_container: StartContainer, ports: Ports
) -> None:
    stores = Stores(container.root / "etc/encryption/server")
    variables = LOCAL | HTTP | {
        "REAPER_SERVER_TLS_ENABLE": "true",
        "REAPER_SERVER_TLS_KEYSTORE_PATH": "/etc/encryption/server/keystore.jks",
        "REAPER_SERVER_TLS_TRUSTSTORE_PATH": "/etc/encryption/server/truststore.jks",
        "REAPER_SERVER_TLS_CLIENT_AUTH": "true",
        "REAPER_SERVER_TLS_DISABLE_SNI": "true",
    }
    container.run("schema-migration", **variables).expect(0)
    daemon = start_container(**variables)
    wait_until("it waits", lambda: "keystore.jks" in ask(ports[1], "/status")[1], STEP_TIMEOUT)
    assert ask(ports[1], "/healthcheck")[0] == 200 and ask(ports[1], "/readyz")[0] == 503
    first = stores.renew()
    wait_until("the daemon is ready", lambda: ask(ports[1], "/readyz")[0] == 200, STEP_TIMEOUT)
    assert ask_over_tls(ports[0], stores.client(certificate=True)) == (401, first)
    with pytest.raises(OSError):
        ask_over_tls(ports[0], stores.client(certificate=False))
    with pytest.raises(OSError):
        ask(ports[0], "/cluster")
    second = stores.renew()
    assert second != first
    assert ask_over_tls(ports[0], stores.client(certificate=True)) == (401, second)
    assert daemon.stop() == 0
    log = daemon.log.read_text()
    assert "changeit" not in log and "without effect" not in log


def test_a_reaper_reaches_nodes_with_the_key_stores_of_their_management_api(
    container: Container, start_container: StartContainer, ports: Ports, start_cluster: StartCluster
) -> None:
    """`httpManagement.keystores`, as they are whenever a node is asked: they come late, and the first are no good."""
    wishes = {"management_api": True, "management_tls": True, "jvm": ("-Dlab.management.plainMetrics=true",)}
    cluster = start_cluster(data_centers={"dc1": 1}, heap_mib=192, **wishes)
    (node,) = cluster.nodes
    folder = container.root / "etc/encryption/mgmt"
    paths = {
        "REAPER_HTTP_MANAGEMENT_KEYSTORE_PATH": "/etc/encryption/mgmt/keystore.jks",
        "REAPER_HTTP_MANAGEMENT_TRUSTSTORE_PATH": "/etc/encryption/mgmt/truststore.jks",
    }
    daemon = start_container(**LOCAL | HTTP | paths)
    wait_until_ready(ports)
    operator = Operator(ports[0])
    operator.log_in()
    registration = ("PUT", f"/cluster/{cluster_name(node)}?seedHost={node.address}")
    status, why = operator.call(*registration)
    assert status == 400 and "/etc/encryption/mgmt/" in why
    Stores(folder).renew()
    status, why = operator.call(*registration)
    assert status == 400 and "certificate" in why, "they are of strangers"
    for store in node.key_store.client_stores(node.server.java):
        shutil.copy(store, folder / "new")
        (folder / "new").chmod(0o644)
        (folder / "new").rename(folder / store.name)
    wait_until("the node to be registered", lambda: operator.call(*registration)[0] == 201, STEP_TIMEOUT)

    data.create_keyspace(cluster, "shop")
    data.create_table(cluster, "shop")
    query = urllib.parse.urlencode({"clusterName": cluster_name(node), "keyspace": "shop", "owner": "test"})
    status, run = operator.call("POST", f"/repair_run?{query}")
    assert status == 201, run
    path = f"/repair_run/{json.loads(run)['id']}"
    assert operator.call("PUT", f"{path}/state/RUNNING")[0] == 200
    wait_until("the run to be done", lambda: json.loads(operator.call("GET", path)[1])["state"] == "DONE", RUN_TIMEOUT)
    assert daemon.stop() == 0
    assert "changeit" not in daemon.log.read_text()
