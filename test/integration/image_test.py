"""The container image: what is in it, and its program run in it. The program is that of this build; `./dev image` takes
the release."""

import os
import socket
from pathlib import Path

from conftest import StartContainer
from container import NAME, Container, image
from fake import fake_cluster
from lab.node_log import wait_until
from programs import STEP_TIMEOUT
from service import Ports, Rest, ask


def test_it_says_what_a_runtime_has_to_know(container: Container) -> None:
    made = container.image
    assert made.entry["annotations"]["io.containerd.image.name"] == NAME
    config = made.config["config"]
    user, group = config["User"].split(":")
    assert int(user) > 0 and int(group) == 0, "numbers: Kubernetes can see that it is not root"
    assert made.config["os"] == "linux" and made.config["architecture"] in ("amd64", "arm64")


def test_nothing_is_in_it_but_what_the_program_needs(container: Container) -> None:
    root = container.root
    programs = [path.name for path in root.rglob("*") if path.is_file() and path.parent.name in ("bin", "sbin")]
    assert programs == ["helenus"], "no shell"
    assert (root / "etc/ssl/certs/ca-certificates.crt").read_text().count("BEGIN CERTIFICATE") > 50
    zone = root / "usr/share/zoneinfo/Europe/Berlin"
    assert (root / os.readlink(zone)[1:] if zone.is_symlink() else zone).read_bytes().startswith(b"TZif")
    assert not any(path.stat().st_mode & 0o002 for path in root.rglob("*") if path.is_file())


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    image.build(Path("/bin/true"), tmp_path / "first.tar", "localhost/a:1", level=1)
    image.build(Path("/bin/true"), tmp_path / "second.tar", "localhost/a:1", level=1)
    assert (tmp_path / "first.tar").read_bytes() == (tmp_path / "second.tar").read_bytes()


def test_probes_answer_for_any_user_on_a_root_that_cannot_be_written(
    start_container: StartContainer, ports: Ports
) -> None:
    daemon = start_container(REAPER_AUTH_ENABLED="false")
    assert ask(ports[1], "/healthcheck")[0] == 200
    wait_until("the daemon is ready", Rest(ports[0]).is_ready, STEP_TIMEOUT)
    assert ask(ports[0], "/cluster") == (200, "[]")
    assert ask(ports[1], "/prometheusMetrics")[0] == 200
    assert daemon.stop() == 0


def test_without_a_single_variable_of_a_login_it_runs_and_lets_nobody_in(
    start_container: StartContainer, ports: Ports
) -> None:
    start_container()
    assert ask(ports[1], "/healthcheck")[0] == 200
    wait_until("the daemon is ready", Rest(ports[0]).is_ready, STEP_TIMEOUT)
    status, body = ask(ports[0], "/cluster")
    assert status == 401 and "REAPER_AUTH_USER" in body


def test_the_commands_of_the_entry_point_are_understood(container: Container) -> None:
    container.run("--version").expect(0)
    assert "SEEDS" in container.run("register-clusters").expect(64).errors
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = str(nobody.getsockname()[1])
        done = container.run("register-clusters", "10.0.0.1:7199", "127.0.0.1", port, "--wait", "1").expect(1)
    assert f"waiting for 127.0.0.1:{port}" in done.output and "given up" in done.output


def test_clusters_are_registered_with_nothing_but_the_variables_of_the_container(
    container: Container, start_container: StartContainer, ports: Ports
) -> None:
    """The daemon has its user from them, and so has the command that logs in."""
    login = {"REAPER_AUTH_USER": "ana", "REAPER_AUTH_PASSWORD": "pass phrase & more"}
    start_container(**login)
    with fake_cluster(nodes=1, listening=1, vnodes=1) as cluster:
        words = ("register-clusters", f"{cluster.seed}:7199", "127.0.0.1", str(ports[0]), "--wait", "120")
        for user in ({}, login | {"REAPER_AUTH_USER": "eve"}, login | {"REAPER_AUTH_PASSWORD": "wrong"}):
            assert "401" in container.run(*words, **user).expect(1).output
        assert f"{cluster.seed}:7199: registered" in container.run(*words, **login).expect(0).output
        assert "was registered before" in container.run(*words, **login).expect(0).output
