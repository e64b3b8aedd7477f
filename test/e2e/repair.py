"""A repair of a keyspace with something in it."""

import time

from e2e import figures
from e2e.rest_client import RestClient
from e2e.ring import CLUSTER, Ring
from lab.node_log import wait_until

_TIMEOUT = 900.0  # seconds; a busy machine is slow
_SEGMENTS = 4  # for each node


def repair(client: RestClient, ring: Ring, keyspace: str = "shop") -> None:
    """From its plan to DONE, every segment of it."""
    ring.create_keyspace(keyspace)
    ring.execute(
        f"CREATE TABLE {keyspace}.carts (k int PRIMARY KEY, v text)",
        *(f"INSERT INTO {keyspace}.carts (k, v) VALUES ({key}, 'x')" for key in range(20)),
    )
    began = time.monotonic()
    run = client.plan(CLUSTER, keyspace, segmentCountPerNode=_SEGMENTS)
    client.start(run)
    wait_until("the repair to be done", lambda: client.is_done(run), _TIMEOUT)
    found = client.run(run)
    assert found["segments_repaired"] == found["total_segments"] > 0
    figures.report(f"a repair of {found['total_segments']} segments, from plan to DONE", time.monotonic() - began)
