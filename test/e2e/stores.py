"""TLS as k8ssandra-operator has it: a key store and a trust store in a Secret, JKS, whose passwords Reaper is told in clear."""

import base64
import shutil
import ssl
import subprocess
from pathlib import Path

from e2e.manifests import Object
from lab.java import find_java
from lab.versions import find_version

_CLIENT_SECRET, _SERVER_SECRET, _MANAGEMENT_SECRET = "client-stores", "server-stores", "management-stores"


class Stores:
    """One key for everybody who has them; its certificate is all that anybody trusts."""

    key_password = trust_password = "changeit"

    def __init__(self, folder: Path):
        self.folder = folder  # as PEM: tls.key, tls.crt and who signed it, ca.crt
        folder.mkdir(parents=True, exist_ok=True)
        keytool = find_java(find_version("5.0")).keytool
        key, trust = self.key_password, self.trust_password
        for command in (
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=everybody -keyout tls.key -out tls.crt",
            f"openssl pkcs12 -export -in tls.crt -inkey tls.key -passout pass:{key} -out p12",
            f"{keytool} -importkeystore -srckeystore p12 -srcstoretype PKCS12 -srcstorepass {key}"
            f" -destkeystore keystore -deststoretype JKS -deststorepass {key}",
            f"{keytool} -importcert -noprompt -alias everybody -file tls.crt"
            f" -keystore truststore -storetype JKS -storepass {trust}",
        ):
            subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
        shutil.copy(folder / "tls.crt", folder / "ca.crt")

    def context(self) -> ssl.SSLContext:
        """Of a client that is no JVM. The certificate has no names."""
        made = ssl.create_default_context(cafile=str(self.folder / "ca.crt"))
        made.check_hostname = False
        made.load_cert_chain(self.folder / "tls.crt", self.folder / "tls.key")
        return made

    def _secret(self, name: str, **files: str) -> Object:
        data = {key: base64.b64encode((self.folder / file).read_bytes()).decode() for key, file in files.items()}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": data}


class ClientStores(Stores):
    """`clientEncryptionStores`: of the nodes, and of who speaks CQL and JMX to them."""

    key_password, trust_password = "a-secret-of-the-key", "another-of-trust"

    def secret(self) -> Object:
        return self._secret(_CLIENT_SECRET, keystore="keystore", truststore="truststore")


class ServerStores(Stores):
    """`encryption`: of Reaper's own port, and of the operator."""

    def secret(self) -> Object:
        return self._secret(_SERVER_SECRET, **_JKS)


class ManagementStores(Stores):
    """`httpManagement.keystores`: of the nodes' management API, and of who asks it."""

    def secret(self) -> Object:
        return self._secret(_MANAGEMENT_SECRET, **_JKS)


_JKS = {"keystore.jks": "keystore", "truststore.jks": "truststore"}


def client_store_volumes() -> list[Object]:
    return [_client_volume("keystore"), _client_volume("truststore")]


def client_store_mounts() -> list[Object]:
    return [{"name": f"client-{name}", "mountPath": f"/mnt/client-{name}"} for name in ("keystore", "truststore")]


def server_store_volume() -> Object:
    return {"name": "server-tls-keystore", "secret": {"secretName": _SERVER_SECRET}}


def server_store_mount() -> Object:
    return {"name": "server-tls-keystore", "mountPath": "/etc/encryption/server"}


def management_store_volume() -> Object:
    return {"name": "management-api-keystore", "secret": {"secretName": _MANAGEMENT_SECRET}}


def management_store_mount() -> Object:
    return {"name": "management-api-keystore", "mountPath": "/etc/encryption/mgmt"}


def _client_volume(name: str) -> Object:
    return {"name": f"client-{name}", "secret": {"secretName": _CLIENT_SECRET, "items": [{"key": name, "path": name}]}}
