"""The lab's stand-in for the management API answers as the real one does."""

import json
import re
import ssl
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lab import Cluster, Node, data, management
from lab.node_log import wait_until
from lab.store import CLIENT_PASSWORD

_SMALL: dict[str, Any] = {"data_centers": {"dc1": 2}, "num_tokens": 4, "heap_mib": 192, "management_api": True}
_OLDER: dict[str, Any] = {"version": "4.1", "management_tls": True, "jvm": ("-Dlab.management.changes=text",)}


@pytest.fixture(scope="module", params=[{}, _OLDER], ids=["newer", "older with TLS"])
def managed(request: pytest.FixtureRequest, start_cluster: Callable[..., Cluster]) -> Cluster:
    cluster = start_cluster(**_SMALL, **request.param)
    data.write_rows(cluster.nodes[0], data.create_table(cluster, data.create_keyspace(cluster, "shop")), 100)
    return cluster


def _changes(job: dict[str, Any]) -> list[str]:
    """The kinds of its events."""
    told = job["status_changes"]
    return [change["status"] for change in (json.loads(told) if isinstance(told, str) else told)]


@pytest.fixture
def node(managed: Cluster) -> Node:
    return managed.nodes[0]


def test_ring_is_what_gossip_says(managed: Cluster, node: Node) -> None:
    def told() -> dict[str, Any]:
        answer: dict[str, Any] = management.get(node, "/api/v0/metadata/endpoints").json()
        return answer

    wait_until("each to tell its load", lambda: all("LOAD" in one for one in told()["entity"]), 60)  # not at its start
    answer = told()
    assert set(answer) == {"entity", "variant", "annotations", "mediaType", "language", "encoding"}
    endpoints = {one["ENDPOINT_IP"]: one for one in answer["entity"]}
    assert set(endpoints) == {each.address for each in managed.nodes}
    for each in managed.nodes:
        one = endpoints[each.address]
        assert all(isinstance(value, str) for value in one.values())
        assert {int(token) for token in one["TOKENS"].split(",")} == set(each.tokens)
        assert (one["DC"], one["RACK"], one["CLUSTER_NAME"]) == ("dc1", "rack1", "lab")
        assert (one["IS_ALIVE"], one["IS_LOCAL"]) == ("true", str(each is node).lower())
        assert one["PARTITIONER"] == "org.apache.cassandra.dht.Murmur3Partitioner"
        assert one["RELEASE_VERSION"] == each.server.version.release
        # STATUS, RPC_ADDRESS and INTERNAL_IP, which Cassandra 3 had, a node of a newer cluster keeps of itself alone.
        assert one["STATUS_WITH_PORT"].startswith("NORMAL,") and ("STATUS" in one) == (each is node)
        assert one["NATIVE_ADDRESS_AND_PORT"] == each.cql_endpoint and float(one["LOAD"]) > 0
        assert re.fullmatch(r"[0-9a-f-]{36}", one["HOST_ID"]) and one["NET_VERSION"].isdigit()


def test_metadata_is_that_of_the_node(node: Node) -> None:
    assert management.get(node, "/api/v0/lifecycle/pid").text == str(node.pid)
    assert management.get(node, "/api/v0/metadata/versions/release").text == node.server.version.release
    assert management.get(node, "/api/v0/metadata/localdc").text == "dc1"
    features = management.get(node, "/api/v0/metadata/versions/features").json()
    assert features["cassandra_version"] == node.server.version.release


def test_schema_is_told(node: Node) -> None:
    assert {"shop", "system"} < set(management.get(node, "/api/v0/ops/keyspace").json())
    assert management.get(node, "/api/v0/ops/keyspace", keyspaceName="shop").json() == ["shop"]
    replication = management.get(node, "/api/v0/ops/keyspace/replication", keyspaceName="shop").json()
    assert replication == {"class": "org.apache.cassandra.locator.NetworkTopologyStrategy", "dc1": "2"}
    assert management.get(node, "/api/v0/ops/keyspace/replication", keyspaceName="none").status == 404
    assert management.get(node, "/api/v0/ops/tables", keyspaceName="shop").json() == ["t"]
    (table,) = management.get(node, "/api/v1/ops/tables", keyspaceName="shop").json()
    assert table["name"] == "t" and table["compaction"]["class"].endswith(".SizeTieredCompactionStrategy")
    assert management.get(node, "/api/v1/ops/tables").status == 400
    assert management.get(node, "/api/v1/ops/tables/compactions").json() == []


def test_ranges_cover_the_ring(managed: Cluster, node: Node) -> None:
    ranges = management.get(node, "/api/v2/tokens/rangetoendpoint", keyspaceName="shop").json()["token_range_to_endpoints"]
    tokens = sorted(token for each in managed.nodes for token in each.tokens)
    assert sorted(one["tokens"] for one in ranges) == sorted(map(list, zip([tokens[-1], *tokens], tokens, strict=False)))
    assert all(set(one["endpoints"]) == {each.address for each in managed.nodes} for one in ranges)
    unknown = management.get(node, "/api/v2/tokens/rangetoendpoint", keyspaceName="none")
    assert (unknown.status, unknown.text) == (404, "keyspace not found")


def test_repair_runs_to_its_end(node: Node) -> None:
    tokens = [{"start": node.tokens[0], "end": node.tokens[0] + 1000}]
    wishes = {"tables": ["t"], "associated_tokens": tokens, "repair_parallelism": "parallel", "repair_thread_count": 1}
    mark = node.log.size()
    job = management.ended_job(node, job_id := management.start_repair(node, "shop", **wishes))
    assert (job["id"], job["type"], job["status"]) == (job_id, "repair", "COMPLETED")
    assert 0 < int(job["submit_time"]) <= int(job["end_time"])
    # What it tells before somebody listens is lost.
    assert _changes(job) in (["START", "SUCCESS", "COMPLETE"], ["SUCCESS", "COMPLETE"])
    assert isinstance(job["status_changes"], str) == ("-Dlab.management.changes=text" in node.options.jvm)
    (line,) = node.log.lines(r"Starting repair command", mark)
    assert "parallelism: parallel" in line and "ColumnFamilies: [t]" in line and "# of ranges: 1" in line


def test_failure_is_hidden_by_the_end(node: Node) -> None:
    found: dict[str, Any] = {}

    def is_heard_of() -> bool:
        """Not if it fails before somebody listens."""
        mark = node.log.size()
        job_id = management.start_repair(node, "shop", tables=["none"])
        node.wait_for_log(f"Repair command #{job_id.partition('-')[2]} finished with error", since=mark)
        found.update(management.job(node, job_id))
        return _changes(found) == ["ERROR", "COMPLETE"]

    wait_until("a repair to be heard of when it fails", is_heard_of, 30)
    assert found["status"] == "COMPLETED" and "error" not in found
    assert "Unknown keyspace/cf pair (shop.none)" in str(found["status_changes"])


def test_repair_of_nothing_is_done_at_once(node: Node) -> None:
    assert management.start_repair(node, "system") == "repair-0"
    assert management.job(node, "repair-0")["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"full_repair": True}, 400),
        ({"keyspace": "shop"}, 500),
        ({"keyspace": "none", "full_repair": True}, 500),
        ({"keyspace": "shop", "full_repair": True, "repair_thread_count": 0}, 500),
        ({"keyspace": "shop", "full_repair": True, "repair_thread_count": 5}, 500),
        ({"keyspace": "shop", "full_repair": True, "associated_tokens": [{"start": 2**63, "end": 0}]}, 400),
    ],
)
def test_bad_wishes_are_refused(node: Node, body: dict[str, object], status: int) -> None:
    refused = management.call(node, "PUT", "/api/v2/repairs", body)
    assert refused.status == status and refused.text


def test_all_repairs_are_stopped_at_once(node: Node) -> None:
    assert management.call(node, "DELETE", "/api/v2/repairs").status == 202


def test_unknown_job_is_not_found(node: Node) -> None:
    answer = management.get(node, "/api/v0/ops/executor/job", job_id="repair-999")
    assert (answer.status, answer.text) == (404, "{}")


def test_metrics_have_the_names_of_the_agent(node: Node) -> None:
    compaction = "org_apache_cassandra_metrics_compaction_pending_tasks"
    assert re.search(rf'^{compaction}\{{host="[^}}]*datacenter="dc1",[^}}]*\}} \d+\.0$', management.metrics(node, compaction), re.M)
    pools = management.metrics(node, "org_apache_cassandra_metrics_thread_pools_pending_tasks")
    assert re.search(r'pool_type="internal",pool_name="CompactionExecutor",} \d+\.0$', pools, re.M)
    reads = management.metrics(node, "org_apache_cassandra_metrics_table_read_latency")
    assert 'keyspace="shop",table="t",quantile="0.99",} ' in reads
    assert re.search(r'read_latency_count\{.*keyspace="shop",table="t",} \d+\.0$', reads, re.M)
    start = management.metrics(node, "process_start_time_seconds")
    assert re.search(r"^process_start_time_seconds \d\.\d+E9$", start, re.M)


@pytest.fixture
def plain(start_cluster: Callable[..., Cluster]) -> Cluster:
    """The newer one."""
    return start_cluster(**_SMALL)


def test_nothing_is_told_before_cassandra_is_there(plain: Cluster) -> None:
    node = plain.nodes[1]
    node.kill()
    node.launch()

    def listens() -> bool:
        try:
            return management.get(node, "/api/v0/probes/liveness").status == 200
        except OSError:
            return False

    wait_until("the server to listen", listens, 30, node.check_alive)
    closed = management.Answer(500, "Internal connection to Cassandra closed")
    assert management.get(node, "/api/v0/metadata/endpoints") == closed
    assert management.get(node, "/api/v0/probes/readiness").status == 500
    assert management.get(node, "/api/v0/lifecycle/pid").text == str(node.pid)
    node.wait_for_cql()
    plain.wait_until_up()
    assert management.get(node, "/api/v0/probes/readiness").text == "OK"


@pytest.fixture
def faulty(plain: Cluster) -> Iterator[Node]:
    yield plain.nodes[0]
    management.set_faults(plain.nodes[0])


def test_lost_answer_is_of_a_repair_that_runs(faulty: Node) -> None:
    mark = faulty.log.size()
    management.set_faults(faulty, "lose_answers")
    with pytest.raises(ConnectionError):
        management.start_repair(faulty, "shop", tables=["t"])
    faulty.wait_for_log(r"Repair command #\d+ finished in", since=mark)


def test_job_whose_events_are_lost_waits(faulty: Node) -> None:
    mark = faulty.log.size()
    management.set_faults(faulty, "lose_events")
    job_id = management.start_repair(faulty, "shop", tables=["t"])
    faulty.wait_for_log(r"Repair command #\d+ finished in", since=mark)
    job = management.job(faulty, job_id)
    assert (job["status"], job["end_time"], job["status_changes"]) == ("WAITING", "0", [])


@pytest.fixture
def locked(start_cluster: Callable[..., Cluster]) -> Cluster:
    """The one with TLS."""
    return start_cluster(**_SMALL, **_OLDER)


def test_client_without_certificate_is_refused(locked: Cluster) -> None:
    node = locked.nodes[0]
    stranger = ssl.create_default_context(cafile=str(node.key_store.certificate))
    for url in (f"https://{node.management_endpoint}/api/v0/lifecycle/pid", f"https://{node.metrics_endpoint}/metrics"):
        with pytest.raises(OSError, match="certificate"):
            urllib.request.urlopen(url, timeout=10, context=stranger)


def test_client_has_stores_of_the_password_that_reaper_knows(locked: Cluster) -> None:
    for store in locked.nodes[0].key_store.client_stores(locked.server.java):
        command = [locked.server.java.keytool, "-list", "-keystore", store, "-storepass", CLIENT_PASSWORD]
        assert "Keystore type: JKS" in subprocess.run(command, check=True, capture_output=True, text=True).stdout
