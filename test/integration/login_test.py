"""Logins, as clients of Reaper and operators meet them: a process with the shape of a packaged configuration."""

import base64
import json
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from conftest import StateKeyspace
from fake import fake_cluster
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Daemon, Helenus
from service import Ports, ask, configure, free_ports, start, wait_until_ready

USER, PASSWORD = "ana", "pass phrase & more"
PUBLIC_SECRET = "MySecretKeyForJWTWhichMustBeLongEnoughForHS256Algorithm"


def access_control(secret: str | None = None) -> dict[str, object]:
    """As in the files of Reaper's packages, with its own variables."""
    return {
        "enabled": "${REAPER_AUTH_ENABLED:-true}",
        "sessionTimeout": "PT10M",
        "jwt": {"secret": secret},
        "users": [
            {"username": "${REAPER_AUTH_USER:-}", "password": "${REAPER_AUTH_PASSWORD:-}", "roles": ["operator"]},
            {"username": "viewer", "password": "p", "roles": ["user"]},
        ],
    }


def call(port: int, method: str, path: str, token: str = "", form: dict[str, str] | None = None) -> tuple[int, str]:
    body = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=STEP_TIMEOUT) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def log_in(port: int, user: str = USER, password: str = PASSWORD) -> str:
    status, body = call(port, "POST", "/login", form={"username": user, "password": password})
    assert status == 200, body
    return json.loads(body)["token"]


@pytest.fixture(autouse=True)
def user_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REAPER_AUTH_USER", USER)
    monkeypatch.setenv("REAPER_AUTH_PASSWORD", PASSWORD)


def serve(helenus: Helenus, folder: Path, ports: Ports, **more: object) -> Daemon:
    daemon = start(helenus, configure(folder, ports, logging={"level": "DEBUG"}, **more), ports)
    wait_until_ready(ports)
    return daemon


def test_everything_but_health_and_metrics_asks_for_a_token(helenus: Helenus, tmp_path: Path, ports: Ports) -> None:
    daemon = serve(helenus, tmp_path, ports, accessControl=access_control(PUBLIC_SECRET))
    app, admin = ports
    for path in ("/ping", "/healthcheck", "/livez", "/readyz", "/status"):
        assert ask(app, path)[0] in (200, 204), path
    for path in ("/ping", "/healthcheck", "/prometheusMetrics"):
        assert ask(admin, path)[0] == 200, path
    assert ask(app, "/cluster")[0] == 401
    token, viewer = log_in(app), log_in(app, "viewer", "p")
    assert call(app, "GET", "/cluster", token) == (200, "[]")
    assert call(app, "POST", "/repair_run/purge", token) == (200, "0")
    assert ask(app, f"/cluster?access_token={token}") == (200, "[]")
    assert call(app, "GET", "/repair_run", viewer) == (200, "[]")
    assert call(app, "POST", "/repair_run/purge", viewer)[0] == 403
    assert call(app, "POST", "/login", form={"username": USER, "password": "wrong"})[0] == 401
    assert daemon.stop() == 0
    log = daemon.log.read_text()
    assert "everybody can read" in log and "a login failed" in log
    for secret in (PASSWORD, token, viewer, PUBLIC_SECRET):
        assert secret not in log


def test_a_password_may_change_while_the_daemon_runs(helenus: Helenus, tmp_path: Path, ports: Ports) -> None:
    secret = tmp_path / "password"
    secret.write_text("first\n")
    users = [{"username": "ana", "password": "${REAPER_AUTH_PASSWORD}", "roles": ["operator"]}]
    file = configure(tmp_path, ports, accessControl={"users": users})
    environment = {"REAPER_AUTH_PASSWORD": "", "REAPER_AUTH_PASSWORD_FILE": str(secret)}
    daemon = helenus.start("serve", str(file), environment=environment)
    wait_until_ready(ports)
    token = log_in(ports[0], "ana", "first")
    secret.write_text("")  # half-written: nothing changes
    wait_until("it is noticed", lambda: "renewed logins cannot be used" in daemon.log.read_text(), STEP_TIMEOUT)
    assert log_in(ports[0], "ana", "first")
    renewed = tmp_path / "renewed"
    renewed.write_text("second\n")
    renewed.rename(secret)

    def is_accepted() -> bool:
        return call(ports[0], "POST", "/login", form={"username": "ana", "password": "second"})[0] == 200

    wait_until("the new password counts", is_accepted, STEP_TIMEOUT)
    assert call(ports[0], "POST", "/login", form={"username": "ana", "password": "first"})[0] == 401
    assert call(ports[0], "GET", "/cluster", token) == (200, "[]"), "who is logged in stays so"
    assert daemon.stop() == 0
    assert "second" not in daemon.log.read_text()


def test_a_token_of_one_instance_is_good_at_another(
    helenus: Helenus, tmp_path: Path, state: StateKeyspace
) -> None:  # fmt: skip
    file = tmp_path / "migrate.yaml"
    file.write_text(json.dumps(state.settings))
    helenus.run("migrate", str(file), "--replication", "auto", timeout=RUN_TIMEOUT).expect(0)
    instances = [free_ports(), free_ports()]
    for number, ports in enumerate(instances):  # at once: they agree on the secret that signs
        folder = tmp_path / str(number)
        folder.mkdir()
        start(helenus, configure(folder, ports, accessControl=access_control(), **state.settings), ports)
    for ports in instances:
        wait_until_ready(ports)
    for one, other in (instances, instances[::-1]):
        assert call(other[0], "GET", "/cluster", log_in(one[0])) == (200, "[]")
    assert call(instances[0][0], "GET", "/cluster")[0] == 401


def test_tokens_outlive_a_restart_and_the_secret_is_nobodys_but_storages(
    helenus: Helenus, tmp_path: Path, ports: Ports
) -> None:
    daemon = serve(helenus, tmp_path, ports, accessControl=access_control())
    token = log_in(ports[0])
    assert json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "==")) == {"alg": "HS256"}
    assert daemon.stop() == 0
    state = tmp_path / "state" / "helenus.db"
    assert state.stat().st_mode & 0o007 == 0
    with sqlite3.connect(state) as db:
        ((secret,),) = db.execute("SELECT value FROM secret").fetchall()
    db.close()
    assert len(secret) >= 32 and secret not in daemon.log.read_text()
    serve(helenus, tmp_path, ports, accessControl=access_control())
    assert call(ports[0], "GET", "/cluster", token) == (200, "[]")


def test_an_image_that_is_not_told_a_user_runs_with_its_door_closed(
    helenus: Helenus, tmp_path: Path, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REAPER_AUTH_USER", "")
    monkeypatch.setenv("REAPER_AUTH_PASSWORD", "")
    closed = access_control() | {"users": access_control()["users"][:1]}  # type: ignore[index]
    serve(helenus, tmp_path, ports, accessControl=closed)
    assert ask(ports[1], "/healthcheck")[0] == 200
    for answer in (ask(ports[0], "/cluster"), call(ports[0], "POST", "/login", form={"username": "x", "password": "y"})):
        assert answer[0] == 401 and "REAPER_AUTH_USER" in answer[1]


def test_a_user_without_a_password_is_a_mistake_that_is_told(
    helenus: Helenus, tmp_path: Path, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REAPER_AUTH_PASSWORD", "")
    file = configure(tmp_path, ports, accessControl=access_control())
    done = helenus.run("serve", str(file)).expect(64)
    assert "accessControl.users[0]: user 'ana' has no password" in done.errors


def test_clusters_are_registered_as_in_the_container_of_reaper(
    helenus: Helenus, tmp_path: Path, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_cluster(nodes=1, listening=1, vnodes=1) as cluster:
        serve(helenus, tmp_path, ports, accessControl=access_control())
        words = ("register-clusters", f"{cluster.seed}:7199", "127.0.0.1", str(ports[0]), "--wait", "120")
        assert "registered" in helenus.run(*words).expect(0).output
        assert "was registered before" in helenus.run(*words).expect(0).output
        assert call(ports[0], "GET", "/cluster", log_in(ports[0])) == (200, '["fake"]')
        monkeypatch.setenv("REAPER_AUTH_PASSWORD", "wrong")
        refused = helenus.run(*words).expect(1)
        assert "login of ana: 401" in refused.output and "wrong" not in refused.output


def test_clusters_are_registered_with_a_password_that_comes_later_in_a_file(
    helenus: Helenus, tmp_path: Path, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_cluster(nodes=1, listening=1, vnodes=1) as cluster:
        serve(helenus, tmp_path, ports, accessControl=access_control())
        secret = tmp_path / "password"
        monkeypatch.delenv("REAPER_AUTH_PASSWORD")
        monkeypatch.setenv("REAPER_AUTH_PASSWORD_FILE", str(secret))
        words = ("register-clusters", f"{cluster.seed}:7199", "127.0.0.1", str(ports[0]), "--wait", "120")
        command = helenus.start(*words)
        wait_until("it to name what is missing", lambda: str(secret) in command.log.read_text(), STEP_TIMEOUT)
        secret.write_text(f"{PASSWORD}\n")
        assert command.wait(STEP_TIMEOUT) == 0
        assert f"{cluster.seed}:7199: registered" in command.log.read_text()
