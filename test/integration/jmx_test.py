"""The JMX client against real servers: Cassandra of each line, and a small Java server on each JDK."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lab import Cluster
from lab.description import environment
from lab.java import Java, fetched_java, installed_java
from lab.store import KeyStore, make_store
from programs import RUN_TIMEOUT, find_program, run_program
from service import free_port

PROGRAM = "jmx_integration_test"
SOURCE = Path(__file__).parent / "jmx" / "java" / "JmxTestServer.java"
USER, PASSWORD = "operator", "a secret of the lab"


# --- Cassandra ---


def test_cassandra_of_each_line(each_version: Cluster) -> None:
    """Ring, name, version, and a repair command followed by its notifications."""
    node = each_version.nodes[0]
    settings = {"HELENUS_TEST_JMX": node.jmx_endpoint, "HELENUS_TEST_JMX_IS_CASSANDRA": "1"}
    run(environment(each_version) | settings, "cassandra_test.*:recorded_session_test.*")


# --- Java servers ---


@dataclass
class Variant:
    """How a Java server is started, and what the test program must know of it."""

    options: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    def __add__(self, other: "Variant") -> "Variant":
        return Variant(self.options + other.options, self.settings | other.settings)


ASKS_FOR_PASSWORD = Variant(
    [f"-Duser={USER}", f"-Dpassword={PASSWORD}"],
    {"HELENUS_TEST_JMX_USER": USER, "HELENUS_TEST_JMX_PASSWORD": PASSWORD},
)
# What the JVM's own agent accepts from JDK 25 on, and hardened Cassandras of a login.
_PACKAGES = "java.lang java.util javax.management javax.management.remote javax.management.remote.rmi java.rmi.server"
_CLASSES = "java.rmi.MarshalledObject javax.security.auth.Subject"
STRICT = Variant(
    [
        f"-Dserial.filter.pattern={';'.join([*(f'{name}.*' for name in _PACKAGES.split()), *_CLASSES.split(), '!*'])}",
        "-Dcredentials.filter.pattern=java.lang.String;!*",
    ]
)
# The stub names an address that nobody can reach: the client must not care.
BEHIND_NAT = Variant(["-DstubHost=192.0.2.1"])
FORGETS_QUICKLY = Variant(["-DidleTimeout=4000"], {"HELENUS_TEST_JMX_IDLE_LIMIT": "1"})


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classes")
    subprocess.run(["javac", "-Xlint:-options", "--release", "11", "-d", folder, SOURCE], check=True)
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    """One key for the server and the client; each trusts it."""
    java = java_of(17)
    return make_store(java, tmp_path_factory.mktemp("store"), ["127.0.0.1"])


def tls_variant(store: KeyStore) -> Variant:
    settings = {"HELENUS_TEST_JMX_CA": str(store.certificate)}
    return Variant(["-Dtls=true", *store.java_options("keyStore")], settings)


def client_certificate_variant(store: KeyStore) -> Variant:
    both = store.key_file()
    return tls_variant(store) + Variant(
        ["-DclientAuth=true", *store.java_options("trustStore")],
        {"HELENUS_TEST_JMX_CERTIFICATE": str(both), "HELENUS_TEST_JMX_KEY": str(both)},
    )


def java_of(major: int) -> Java:
    installed = installed_java()
    return installed if installed and installed.major == major else fetched_java(major)


@contextmanager
def java_server(java: Java, classes: Path, variant: Variant) -> Iterator[str]:
    """Its host:port. It ends with us, as its standard input does."""
    command = [java.program, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *variant.options]
    process = subprocess.Popen(
        [*command, "-cp", classes, "JmxTestServer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout
    try:
        line = process.stdout.readline()
        assert line.startswith("PORT "), f"the Java server said: {line}"
        yield f"127.0.0.1:{line.split()[1]}"
    finally:
        process.stdin.close()
        process.wait(60)


@pytest.mark.parametrize("major", [11, 17, 21, 25])
def test_java_server_with_password(major: int, classes: Path) -> None:
    check(java_of(major), classes, ASKS_FOR_PASSWORD + STRICT)


@pytest.mark.parametrize("major", [11, 17, 21, 25])
def test_java_server_under_tls(major: int, classes: Path, store: KeyStore) -> None:
    check(java_of(major), classes, tls_variant(store))


def test_java_server_that_wants_a_certificate(classes: Path, store: KeyStore) -> None:
    check(java_of(17), classes, client_certificate_variant(store) + ASKS_FOR_PASSWORD)


def test_java_server_behind_address_translation(classes: Path) -> None:
    check(java_of(17), classes, BEHIND_NAT)


def test_java_server_over_ipv6(classes: Path) -> None:
    """Under an address of another family than the stub names."""
    with java_server(java_of(17), classes, BEHIND_NAT) as place:
        settings = {"HELENUS_TEST_JMX": place.replace("127.0.0.1", "[::1]"), "HELENUS_TEST_JMX_IS_JAVA": "1"}
        run(settings, "*samples_have_their_values:*notifications_come_in_order*")


def test_java_server_that_forgets_quickly(classes: Path) -> None:
    check(java_of(17), classes, FORGETS_QUICKLY, "*the_session_outlives*")


def test_agent_of_the_jvm_with_a_plain_registry(classes: Path, store: KeyStore) -> None:
    """The JVM's own agent: registry in plain on one port, the server under TLS on another."""
    port = free_port()
    agent = [f"-Dcom.sun.management.jmxremote.{name}" for name in (f"port={port}", "ssl=true", "authenticate=false")]
    settings = {
        "HELENUS_TEST_JMX": f"127.0.0.1:{port}",
        "HELENUS_TEST_JMX_IS_JAVA": "1",
        "HELENUS_TEST_JMX_CA": str(store.certificate),
        "HELENUS_TEST_JMX_PLAIN_REGISTRY": "1",
    }
    with java_server(java_of(17), classes, Variant([*agent, *store.java_options("keyStore")])):
        run(settings, "*samples_have_their_values:*notifications_come_in_order*")


def check(java: Java, classes: Path, variant: Variant, tests: str = "java_server_test.*") -> None:
    with java_server(java, classes, variant) as place:
        run(variant.settings | {"HELENUS_TEST_JMX": place, "HELENUS_TEST_JMX_IS_JAVA": "1"}, tests)


def run(settings: dict[str, str], tests: str) -> None:
    program = find_program(PROGRAM)
    run_program(program, f"--gtest_filter={tests}", "--gtest_brief=1", timeout=RUN_TIMEOUT, environment=settings).expect_tests()
