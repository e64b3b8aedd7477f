"""
The Job that makes the schema, as we ship it: its pod ends at every single statement, by a probe that fails, by a drain, by
force, and comes back with another address; and nobody has to do anything.
"""

import collections
import functools
import http.server
import itertools
import os
import re
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cassandra.cluster import Session
from e2e import figures
from e2e.fleet import shipped
from e2e.lab import Kubernetes, Machine
from e2e.lab.processes import processes_of_pod
from e2e.lab.settings import ADDRESS
from e2e.manifests import Object, secret
from e2e.ring import Rack, Ring
from lab.node_log import wait_until

_ROLE = ("helenus", "a-secret-of-cassandra")
_TIMEOUT = 300.0  # seconds; a busy machine is slow
_HURT = "hurt"  # a keyspace, and the Job for it
_NO_STATEMENTS = ("waiting for", "not yet", "the schema of", "done")
_INTERRUPTED, _KILLED = 130, 137  # exit codes

# How a pod ends. What is told to end does so by itself; what hangs has to be killed, and its locks expire.
_PROBE, _HUNG, _EVICTED, _FORCED = "its probe fails", "it hangs and its probe fails", "it is evicted", "it is deleted by force"
# Half of them are drains, which do not count as failures: there are more statements than a Job has attempts.
_ENDS = (_PROBE, _EVICTED, _PROBE, _EVICTED, _HUNG, _EVICTED, _PROBE, _EVICTED, _FORCED, _EVICTED)

pytestmark = pytest.mark.usefixtures("cassandra_images")


class Health:
    """What the probe of a pod asks, since a migration has no port."""

    def __init__(self) -> None:
        self.is_good = True
        health = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if health.is_good else 500)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer((ADDRESS, 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def probe(self) -> Object:
        where = {"host": ADDRESS, "port": self._server.server_port, "path": "/"}
        often = {"periodSeconds": 1, "failureThreshold": 1, "timeoutSeconds": 30}
        return {"httpGet": where, **often}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def health(machine: Machine) -> Iterator[Health]:
    health = Health()
    yield health
    health.close()


class Life:
    """One pod of the Job, as the files of its log show it: sooner than the API server."""

    def __init__(self, folder: Path):
        _, self.pod, self._uid = folder.name.split("_")
        self._log = folder / "migrate" / "0.log"
        self._process = 0

    def said(self) -> list[str]:
        """Each line without its time, its stream and whether it is whole."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [line.split(" ", 3)[3] for line in lines]

    def statements(self) -> list[str]:
        return [line for line in self.said() if not line.startswith(_NO_STATEMENTS)]

    def stop_at_new_one(self, known: set[str]) -> str:
        """Stops it when it begins with a statement that is not known: this one. Nothing: it ended before."""
        wait_until("its process", self._has_process, _TIMEOUT)
        deadline = time.monotonic() + _TIMEOUT
        while time.monotonic() < deadline:
            if set(self.statements()) - known:
                self.signal(signal.SIGSTOP)
                return self.statements()[-1]
            if self.said()[-1:] == [f"the schema of keyspace {_HURT} is current"]:
                return ""
            time.sleep(0.002)
        raise TimeoutError(f"{self.pod} said only: {self.said()}")

    def signal(self, number: signal.Signals) -> None:
        assert self._process, f"{self.pod} ended before anybody saw its process"
        os.kill(self._process, number)

    def is_told_to_end(self) -> bool:
        """It has been sent SIGTERM, which it will hear of when it is not stopped any more."""
        status = Path(f"/proc/{self._process}/status").read_text()
        (pending,) = [line.split()[1] for line in status.splitlines() if line.startswith("ShdPnd")]
        return bool(int(pending, 16) >> (signal.SIGTERM - 1) & 1)

    def has_ended(self) -> bool:
        return self._process not in processes_of_pod(self._uid)

    def _has_process(self) -> bool:
        """Or has had one."""
        found = processes_of_pod(self._uid, "helenus")
        self._process = found[0] if found else 0
        return bool(found) or bool(self.said())


class Migration:
    """A Job and its pods."""

    def __init__(self, machine: Machine, kubernetes: Kubernetes, namespace: str, job: Object, health: Health):
        self._logs = machine.files.folder / "pods"
        self._kubernetes = kubernetes
        self._namespace = namespace
        self._name = job["metadata"]["name"]
        self._path = f"/apis/batch/v1/namespaces/{namespace}/jobs/{self._name}"
        self._health = health
        self.lives: list[Life] = []
        self.addresses: list[str] = []  # of the pods that were ended
        kubernetes.apply(job, namespace=namespace)

    def next_life(self) -> Life:
        """Of the pod that comes after the last one."""
        known = {life.pod for life in self.lives}
        found: list[Life] = []

        def is_there() -> bool:
            lives = [Life(folder) for folder in self._logs.glob(f"{self._namespace}_{self._name}-*")]
            found[:] = [life for life in lives if life.pod not in known]
            return bool(found)

        wait_until("the next pod", is_there, _TIMEOUT, self._check_not_failed)
        (life,) = found
        self.lives.append(life)
        return life

    def wait_until_complete(self) -> None:
        is_complete = functools.partial(self._kubernetes.condition, self._path, "Complete")
        wait_until("the migration to be done", is_complete, _TIMEOUT, self._check_not_failed)

    def failures(self) -> int:
        """Those that count."""
        return int(self._kubernetes.get(self._path)["status"].get("failed", 0))

    def exit_codes(self) -> dict[int, int]:
        """How often each is among the pods that were not deleted."""
        pods = self._kubernetes.pods(self._namespace, f"job-name={self._name}")
        codes = [pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] for pod in pods]
        return dict(collections.Counter(codes))

    def failed_probes(self) -> int:
        """Of its pods, as kubelet says."""
        events = self._kubernetes.get(f"/api/v1/namespaces/{self._namespace}/events?fieldSelector=reason=Unhealthy")
        pods = {life.pod for life in self.lives}
        return len({one["involvedObject"]["name"] for one in events["items"]} & pods)

    def end(self, life: Life, how: str) -> None:
        """One that is stopped."""
        self.addresses.append(self._address(life))
        if how in (_PROBE, _HUNG):
            self._health.is_good = False
        else:
            self._delete(life, how)
        if how in (_PROBE, _EVICTED):
            wait_until("SIGTERM", life.is_told_to_end, _TIMEOUT)
            life.signal(signal.SIGCONT)
        wait_until("its process to end", life.has_ended, _TIMEOUT)
        self._health.is_good = True

    def _check_not_failed(self) -> None:
        assert not self._kubernetes.condition(self._path, "Failed"), self._kubernetes.get(self._path)["status"]

    def _delete(self, life: Life, how: str) -> None:
        if how == _EVICTED:
            self._kubernetes.evict(self._namespace, life.pod)
        else:
            words = [f"--namespace={self._namespace}", "--force", "--grace-period=0", "--wait=false"]
            self._kubernetes.kubectl("delete", "pod", life.pod, *words)

    def _address(self, life: Life) -> str:
        path = f"/api/v1/namespaces/{self._namespace}/pods/{life.pod}"
        wait_until("its address", lambda: "podIP" in self._kubernetes.get(path)["status"], _TIMEOUT)
        pod = self._kubernetes.get(path)
        assert sum(one["restartCount"] for one in pod["status"]["containerStatuses"]) == 0
        return str(pod["status"]["podIP"])


@pytest.fixture
def ring(kubernetes: Kubernetes, namespace: str) -> Ring:
    """One node, with a role for Helenus."""
    ring = Ring(kubernetes, namespace, [Rack()])
    ring.start()
    ring.wait_until_up()
    kubernetes.apply(secret("helenus-cassandra-login", *_ROLE), namespace=namespace)
    ring.create_role(*_ROLE)
    return ring


@pytest.mark.full
def test_a_migration_whose_pod_ends_at_every_statement(
    machine: Machine, kubernetes: Kubernetes, namespace: str, health: Health, ring: Ring
) -> None:
    """Those that follow end it, and the schema is what a migration in peace makes."""
    calm = Migration(machine, kubernetes, namespace, shipped("migration-job.yaml"), health)
    calm.wait_until_complete()
    statements = _without_names(calm.next_life().statements(), "reaper_db")

    hurt = Migration(machine, kubernetes, namespace, _hurt_job(health), health)
    began = time.monotonic()
    ended: dict[str, str] = {}  # the statement at which a pod ended, and how
    known: set[str] = set()
    for how in itertools.cycle(_ENDS):
        life = hurt.next_life()
        statement = life.stop_at_new_one(known)
        if not statement:
            break
        known |= set(life.statements())
        ended[statement] = how
        hurt.end(life, how)
    hurt.wait_until_complete()
    figures.report(f"a migration with {len(hurt.lives)} pods, each ended at another statement", time.monotonic() - began)

    # Rows are moved besides, where tables were there before the version. A busy machine may be late to stop a pod.
    missed = statements - _without_names(ended, _HURT)
    figures.say(f"pods of a migration ended at {len(ended)} statements; {len(missed)} were not among them")
    assert len(missed) <= len(statements) / 10, missed
    assert len(set(hurt.addresses)) == len(ended), "each pod had an address of its own"
    ends = list(ended.values())
    assert hurt.exit_codes() == {_INTERRUPTED: ends.count(_PROBE), _KILLED: ends.count(_HUNG), 0: 1}
    assert hurt.failed_probes() == ends.count(_PROBE) + ends.count(_HUNG)
    assert hurt.failures() == len(ends) - ends.count(_EVICTED), "drains are no failures"
    with ring.session() as session:
        assert _schema(session, _HURT) == _schema(session, "reaper_db")
        wait_until("locks to be free by themselves", functools.partial(_are_locks_free, session), _TIMEOUT)


def _hurt_job(health: Health) -> Object:
    job = shipped("migration-job.yaml")
    job["metadata"]["name"] = _HURT
    (container,) = job["spec"]["template"]["spec"]["containers"]
    container["env"].append({"name": "REAPER_CASS_KEYSPACE", "value": _HURT})
    container["livenessProbe"] = health.probe()
    return job


def _without_names(statements: Iterable[str], keyspace: str) -> set[str]:
    """As they would be for any keyspace, whose name is also in the identities of tables."""
    return {re.sub(r"\bID = '[^']*'", "", one.replace(f'"{keyspace}"', "")) for one in statements}


def _are_locks_free(session: Session) -> bool:
    tables = ("helenus_lock", "schema_migration_leader")
    return not any(list(session.execute(f"SELECT * FROM {_HURT}.{table}")) for table in tables)


def _schema(session: Session, keyspace: str) -> list[set[Any]]:
    what = {
        "tables": "table_name, default_time_to_live, gc_grace_seconds",
        "columns": "table_name, column_name, type, kind, clustering_order, position",
        "indexes": "table_name, index_name",
    }
    query = "SELECT {} FROM system_schema.{} WHERE keyspace_name = '{}'"
    return [set(session.execute(query.format(columns, table, keyspace))) for table, columns in what.items()]
