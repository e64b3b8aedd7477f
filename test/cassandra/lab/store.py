"""One self-signed key for all nodes of a cluster, and its certificate for clients."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from .java import Java
from .options import STORE_PASSWORD


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
