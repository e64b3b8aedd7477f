"""One self-signed key for all nodes of a cluster, and its certificate for clients."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from .java import Java
from .options import STORE_PASSWORD

CLIENT_PASSWORD = "changeit"  # of the stores of a client of the management API: Reaper knows no other


@dataclass(frozen=True)
class KeyStore:
    keystore: Path  # PKCS12; serves as trust store as well
    certificate: Path  # PEM, what a client trusts

    def java_options(self, use: str) -> list[str]:
        """Use it as a JVM's `keyStore` or `trustStore`."""
        return [
            f"-Djavax.net.ssl.{use}={self.keystore}",
            f"-Djavax.net.ssl.{use}Type=PKCS12",
            f"-Djavax.net.ssl.{use}Password={STORE_PASSWORD}",
        ]

    def tls_options(self) -> list[str]:
        """For a JVM that shows the certificate and trusts it."""
        return self.java_options("keyStore") + self.java_options("trustStore")

    def jks_file(self, java: Java) -> Path:
        """The same as a store of the older kind."""
        return self._as_jks(java, self.keystore.with_name("keystore.jks"), STORE_PASSWORD)

    def client_stores(self, java: Java) -> tuple[Path, Path]:
        """A key store and a trust store of the older kind, with CLIENT_PASSWORD."""
        folder = self.keystore.with_name("client")
        folder.mkdir()
        keystore = self._as_jks(java, folder / "keystore.jks", CLIENT_PASSWORD)
        truststore = folder / "truststore.jks"
        target = ["-keystore", str(truststore), "-storetype", "JKS", "-storepass", CLIENT_PASSWORD]
        _keytool(java, ["-importcert", "-noprompt", "-alias", "lab", "-file", str(self.certificate), *target])
        return keystore, truststore

    def _as_jks(self, java: Java, file: Path, password: str) -> Path:
        source = ["-srckeystore", str(self.keystore), "-srcstorepass", STORE_PASSWORD, "-srcalias", "lab"]
        target = ["-destkeystore", str(file), "-deststoretype", "JKS", "-deststorepass", password, "-destkeypass", password]
        _keytool(java, ["-importkeystore", "-noprompt", *source, *target])
        return file

    def key_file(self) -> Path:
        """The certificate and its key as one PEM file, for a client that is no JVM."""
        file = self.keystore.with_name("key.pem")
        password = f"pass:{STORE_PASSWORD}"
        command = ["openssl", "pkcs12", "-in", self.keystore, "-passin", password, "-nodes", "-out", file]
        subprocess.run(command, check=True, capture_output=True)
        return file


def make_store(java: Java, folder: Path, addresses: list[str]) -> KeyStore:
    store = KeyStore(folder / "keystore.p12", folder / "certificate.pem")
    names = ",".join(f"ip:{address}" for address in addresses)
    files = ["-keystore", str(store.keystore), "-storetype", "PKCS12", "-storepass", STORE_PASSWORD, "-alias", "lab"]
    make = ["-genkeypair", "-keyalg", "RSA", "-keysize", "2048", "-validity", "30", "-dname", "CN=lab"]
    make += ["-ext", f"san={names}", "-ext", "bc=ca:true"]
    _keytool(java, [*make, *files])
    _keytool(java, ["-exportcert", "-rfc", "-file", str(store.certificate), *files])
    return store


def _keytool(java: Java, arguments: list[str]) -> None:
    done = subprocess.run([java.keytool, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"keytool {arguments[0]} failed: {done.stdout}{done.stderr}")
