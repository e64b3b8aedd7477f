"""
Client TLS as k8ssandra-operator has it: a key store and a trust store in one Secret, for the nodes and for Reaper, which
are told the passwords in clear.
"""

import base64
import ssl
import subprocess
from pathlib import Path

from e2e.manifests import Object
from lab.java import find_java
from lab.versions import find_version

_SECRET = "client-stores"


class ClientStores:
    """JKS, with a password for each. One key for everybody; its certificate is all that anybody trusts."""

    key_password, trust_password = "a-secret-of-the-key", "another-of-trust"

    def __init__(self, folder: Path):
        self._folder = folder
        keytool = find_java(find_version("5.0")).keytool
        key, trust = self.key_password, self.trust_password
        for command in (
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=client -keyout key.pem -out certificate.pem",
            f"openssl pkcs12 -export -in certificate.pem -inkey key.pem -passout pass:{key} -out p12",
            f"{keytool} -importkeystore -srckeystore p12 -srcstoretype PKCS12 -srcstorepass {key}"
            f" -destkeystore keystore -deststoretype JKS -deststorepass {key}",
            f"{keytool} -importcert -noprompt -alias client -file certificate.pem"
            f" -keystore truststore -storetype JKS -storepass {trust}",
        ):
            subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)

    def secret(self) -> Object:
        data = {name: base64.b64encode((self._folder / name).read_bytes()).decode() for name in ("keystore", "truststore")}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": _SECRET}, "data": data}

    def context(self) -> ssl.SSLContext:
        """Of a client that is no JVM. The certificate has no names."""
        made = ssl.create_default_context(cafile=str(self._folder / "certificate.pem"))
        made.check_hostname = False
        made.load_cert_chain(self._folder / "certificate.pem", self._folder / "key.pem")
        return made


def store_volumes() -> list[Object]:
    return [_volume("keystore"), _volume("truststore")]


def store_mounts() -> list[Object]:
    return [{"name": f"client-{name}", "mountPath": f"/mnt/client-{name}"} for name in ("keystore", "truststore")]


def _volume(name: str) -> Object:
    return {"name": f"client-{name}", "secret": {"secretName": _SECRET, "items": [{"key": name, "path": name}]}}
