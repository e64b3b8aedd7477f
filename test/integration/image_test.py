"""The container image: unpacked as a runtime would, and its program run there as Kubernetes runs it: a user that nobody
knows, a root that cannot be written. The program is that of this build; `./dev image` takes the release."""

import hashlib
import io
import json
import os
import socket
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from lab.cache import REPOSITORY
from lab.node_log import wait_until
from programs import Daemon, Finished, run_program
from service import STEP_TIMEOUT, Ports, Rest, ask

sys.path.insert(0, str(REPOSITORY / "tools"))
import image  # noqa: E402

UID = 1000  # as k8ssandra-operator has it; the image names another
STATE = "/var/lib/cassandra-reaper/storage"
# The root is read-only, the state has a place in memory. $1 is the root, the rest is the command.
SETUP = f"""set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount -t tmpfs -o uid={UID},mode=700 tmpfs "$1{STATE}"
mount -o remount,bind,ro "$1"
exec chroot --userspec={UID}:0 "$@"
"""
# A process that may not be traced cannot look for its leaks, and there is no symbolizer.
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


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Image, Path]:
    """The image, and the folder of its root."""
    folder = tmp_path_factory.mktemp("image")
    program = Path(os.environ["HELENUS_BINARY"])
    image.build(program, folder / "image.tar", "localhost/helenus:test", level=1)
    made = Image(folder / "image.tar")
    (folder / "image.tar").unlink()
    root = folder / "root"
    made.unpack(root)
    (root / "proc").mkdir()
    return made, root


def command(root: Path, words: list[str]) -> list[str]:
    return ["unshare", "--mount", "sh", "-c", SETUP, "sh", str(root), *words]


@pytest.fixture
def start(built: tuple[Image, Path], tmp_path: Path):
    """start({variable: value}): what a runtime starts when nobody names a command."""
    started: list[Daemon] = []

    def begin(ports: Ports, **variables: str) -> Daemon:
        config = built[0].config["config"]
        environment = SANITIZER | {
            "REAPER_SERVER_APP_PORT": str(ports[0]),
            "REAPER_SERVER_ADMIN_PORT": str(ports[1]),
            "REAPER_SERVER_APP_BIND_HOST": "127.0.0.1",
            "REAPER_SERVER_ADMIN_BIND_HOST": "127.0.0.1",
        }
        words = command(built[1], config["Entrypoint"] + config["Cmd"])
        started.append(Daemon(words, environment | variables, tmp_path / "helenus.log"))
        for port in ports:
            started[-1].wait_for_port("127.0.0.1", port, timeout=STEP_TIMEOUT)
        return started[-1]

    yield begin
    for daemon in started:
        if daemon.is_running:
            daemon.kill()


def run(root: Path, *words: str) -> Finished:
    first, *rest = command(root, ["/usr/local/bin/helenus", *words])
    return run_program(Path(first), *rest, timeout=STEP_TIMEOUT, environment=SANITIZER)


def test_it_says_what_a_runtime_has_to_know(built: tuple[Image, Path]) -> None:
    made = built[0]
    assert made.entry["annotations"]["io.containerd.image.name"] == "localhost/helenus:test"
    config = made.config["config"]
    user, group = config["User"].split(":")
    assert int(user) > 0 and int(group) == 0, "numbers: Kubernetes can see that it is not root"
    assert made.config["os"] == "linux" and made.config["architecture"] in ("amd64", "arm64")


def test_nothing_is_in_it_but_what_the_program_needs(built: tuple[Image, Path]) -> None:
    root = built[1]
    programs = [path.name for path in root.rglob("*") if path.is_file() and path.parent.name in ("bin", "sbin")]
    assert programs == ["helenus"], "no shell"
    assert (root / "etc/ssl/certs/ca-certificates.crt").read_text().count("BEGIN CERTIFICATE") > 50
    zone = root / "usr/share/zoneinfo/Europe/Berlin"
    assert (root / os.readlink(zone)[1:] if zone.is_symlink() else zone).read_bytes().startswith(b"TZif")
    assert not any(path.stat().st_mode & 0o002 for path in root.rglob("*") if path.is_file())


def test_the_same_inputs_give_the_same_bytes(built: tuple[Image, Path], tmp_path: Path) -> None:
    image.build(Path("/bin/true"), tmp_path / "first.tar", "localhost/a:1", level=1)
    image.build(Path("/bin/true"), tmp_path / "second.tar", "localhost/a:1", level=1)
    assert (tmp_path / "first.tar").read_bytes() == (tmp_path / "second.tar").read_bytes()


def test_probes_answer_for_any_user_on_a_root_that_cannot_be_written(start, ports: Ports) -> None:
    daemon = start(ports, REAPER_AUTH_ENABLED="false")
    assert ask(ports[1], "/healthcheck")[0] == 200
    wait_until("the daemon is ready", Rest(ports[0]).is_ready, STEP_TIMEOUT)
    assert ask(ports[0], "/cluster") == (200, "[]")
    assert ask(ports[1], "/prometheusMetrics")[0] == 200
    assert daemon.stop() == 0


def test_without_a_single_variable_of_a_login_it_runs_and_lets_nobody_in(start, ports: Ports) -> None:
    start(ports)
    assert ask(ports[1], "/healthcheck")[0] == 200
    wait_until("the daemon is ready", Rest(ports[0]).is_ready, STEP_TIMEOUT)
    status, body = ask(ports[0], "/cluster")
    assert status == 401 and "REAPER_AUTH_USER" in body


def test_the_commands_of_the_entry_point_are_understood(built: tuple[Image, Path]) -> None:
    root = built[1]
    run(root, "--version").expect(0)
    assert "SEEDS" in run(root, "register-clusters").expect(64).errors
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = str(nobody.getsockname()[1])
        done = run(root, "register-clusters", "10.0.0.1:7199", "127.0.0.1", port, "--wait", "1").expect(1)
    assert f"waiting for 127.0.0.1:{port}" in done.output and "given up" in done.output
