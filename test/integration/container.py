"""The container image, unpacked and run as Kubernetes would: a user that nobody knows, a root that cannot be written."""

import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.cache import REPOSITORY
from programs import STEP_TIMEOUT, Daemon, Finished, run_program
from service import Ports

sys.path.insert(0, str(REPOSITORY / "tools"))
import image  # noqa: E402

NAME = "localhost/helenus:test"
UID = 1000  # as k8ssandra-operator has it; the image names another
STATE = "/var/lib/cassandra-reaper/storage"
# The root is read-only, the state has a place in memory. $1 is the root, $2 the folder of the state, the rest the command.
SETUP = f"""set -e
root=$1 state=$2
shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o uid={UID},mode=700 tmpfs "$root$state"
mount -o remount,bind,ro "$root"
exec chroot --userspec={UID}:0 "$root" "$@"
"""
# A process that may not be traced cannot look for its leaks.
SANITIZER = {"ASAN_OPTIONS": "detect_leaks=0"}


class Image:
    """An archive that was read as a runtime reads it."""

    def __init__(self, archive: Path):
        with tarfile.open(archive) as tar:
            self._files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
        assert json.loads(self._files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
        (self.entry,) = json.loads(self._files["index.json"])["manifests"]
        self.manifest = json.loads(self.blob(self.entry))
        self.config = json.loads(self.blob(self.manifest["config"]))

    def blob(self, descriptor: dict[str, Any]) -> bytes:
        algorithm, digest = descriptor["digest"].split(":")
        content = self._files[f"blobs/{algorithm}/{digest}"]
        assert hashlib.new(algorithm, content).hexdigest() == digest and len(content) == descriptor["size"]
        return content

    def unpack(self, folder: Path) -> None:
        for layer, diff_id in zip(self.manifest["layers"], self.config["rootfs"]["diff_ids"], strict=True):
            with tarfile.open(fileobj=io.BytesIO(self.blob(layer)), mode="r:gz") as tar:
                tar.extractall(folder, filter="fully_trusted") if sys.version_info >= (3, 12) else tar.extractall(folder)
            assert diff_id.startswith("sha256:")


class Container:
    """The image of this build, unpacked into a folder."""

    def __init__(self, folder: Path, program: Path):
        archive = folder / "image.tar"
        image.build(program, archive, NAME, level=1)
        self.image = Image(archive)
        archive.unlink()
        self.root = folder / "root"
        self.image.unpack(self.root)
        (self.root / "proc").mkdir()

    def _command(self, words: Sequence[str], state: str = STATE) -> list[str]:
        return ["unshare", "--mount", "sh", "-c", SETUP, "sh", str(self.root), state, *words]

    def run(self, *words: str, timeout: float = STEP_TIMEOUT, **variables: str) -> Finished:
        """`helenus` with these words and variables, to its end."""
        first, *rest = self._command([*self.image.config["config"]["Entrypoint"], *words])
        return run_program(Path(first), *rest, timeout=timeout, environment=SANITIZER | variables)

    def start(self, log: Path, ports: Ports, state: str = STATE, **variables: str) -> Daemon:
        """What a runtime starts when nobody names a command, on these ports; both listen."""
        config = self.image.config["config"]
        environment = SANITIZER | {
            "REAPER_SERVER_APP_PORT": str(ports[0]),
            "REAPER_SERVER_ADMIN_PORT": str(ports[1]),
            "REAPER_SERVER_APP_BIND_HOST": "127.0.0.1",
            "REAPER_SERVER_ADMIN_BIND_HOST": "127.0.0.1",
        }
        daemon = Daemon(self._command(config["Entrypoint"] + config["Cmd"], state), environment | variables, log)
        for port in ports:
            daemon.wait_for_port("127.0.0.1", port, timeout=STEP_TIMEOUT)
        return daemon
