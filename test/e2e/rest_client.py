"""Logins, clusters and repairs over REST."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

_TIMEOUT = 60.0  # seconds; a busy machine is slow


class RestClient:
    def __init__(self, address: str, port: int = 8080):
        self._base = f"http://{address}:{port}"
        self._token = ""

    def log_in(self, user: str, password: str) -> None:
        fields = {"username": user, "password": password, "rememberMe": "false"}
        status, body = self._call("POST", "/login", urllib.parse.urlencode(fields).encode())
        assert status == 200, body
        self._token = json.loads(body)["token"]

    def clusters(self) -> list[str]:
        names: list[str] = self._get("/cluster")
        return names

    def plan(self, cluster: str, keyspace: str, **more: object) -> str:
        """A run; its id."""
        query = urllib.parse.urlencode({"clusterName": cluster, "keyspace": keyspace, "owner": "test"} | more)
        status, body = self._call("POST", f"/repair_run?{query}")
        assert status == 201, body
        return str(json.loads(body)["id"])

    def start(self, run: str) -> None:
        status, body = self._call("PUT", f"/repair_run/{run}/state/RUNNING")
        assert status in (200, 204), body

    def run(self, run: str) -> Any:
        return self._get(f"/repair_run/{run}")

    def is_done(self, run: str) -> bool:
        """False also while storage is missing."""
        status, body = self._call("GET", f"/repair_run/{run}")
        return status == 200 and bool(json.loads(body)["state"] == "DONE")

    def segments(self, run: str) -> Any:
        return self._get(f"/repair_run/{run}/segments")

    def is_up(self) -> bool:
        """Ready, and storage works."""
        try:
            return self._call("HEAD", "/ping")[0] == 204
        except OSError:
            return False

    def _get(self, path: str) -> Any:
        status, body = self._call("GET", path)
        assert status == 200, f"{path}: {status} {body}"
        return json.loads(body)

    def _call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
        headers = {"Accept": "application/json;q=0.9,text/plain"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self._base + path, method=method, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
