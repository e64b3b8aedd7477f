#!/usr/bin/env python3
"""Shows what Helenus does: three real Cassandra nodes, one of them out of step on purpose, repaired with `helenus
repair` before your eyes, and the missing rows counted on the replica itself before and after."""

import argparse
import os
import pathlib
import subprocess
import sys
import time

from lab import data
from lab.cluster import Cluster
from lab.options import ClusterOptions

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLES = ("orders", "customers", "payments")
ROWS = 2000
MISSING = 1000


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def counts(cluster: Cluster, keyspace: str) -> list[list[int]]:
    """Rows by node and table, each replica read on its own."""
    return [[data.rows_on(node, f"{keyspace}.{table}") for table in TABLES] for node in cluster.nodes]


def show(cluster: Cluster, rows: list[list[int]]) -> None:
    print("  " + "node".ljust(14) + "".join(table.rjust(12) for table in TABLES))
    for node, numbers in zip(cluster.nodes, rows):
        print("  " + node.address.ljust(14) + "".join(str(number).rjust(12) for number in numbers))
    sys.stdout.flush()


def prepare(cluster: Cluster) -> str:
    keyspace = data.create_keyspace(cluster, "shop")
    for table in TABLES:
        data.create_table(cluster, keyspace, table)
        data.write_rows(cluster.nodes[0], f"{keyspace}.{table}", ROWS)
    for table in TABLES:
        data.take_out_of_step(cluster, cluster.nodes[2], f"{keyspace}.{table}", MISSING, first=ROWS)
    return keyspace


def repair(cluster: Cluster, keyspace: str) -> int:
    helenus = os.environ.get("HELENUS_BINARY", str(ROOT / "build/release/helenus"))
    command = [helenus, "repair", cluster.nodes[0].address, "--keyspace", keyspace]
    print(f"  $ helenus repair {cluster.nodes[0].address} --keyspace {keyspace}\n", flush=True)
    return subprocess.run(command, check=False).returncode


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    say("Starting three Cassandra nodes")
    started = time.monotonic()
    with Cluster(ClusterOptions(data_centers={"dc1": 3})) as cluster:
        print(f"  up after {time.monotonic() - started:.0f} s: " + ", ".join(n.address for n in cluster.nodes))
        say(f"Writing rows, {MISSING} of each table while the third node does not listen")
        keyspace = prepare(cluster)
        before = counts(cluster, keyspace)
        show(cluster, before)
        say("Repairing")
        status = repair(cluster, keyspace)
        say("Rows on each replica after the repair")
        after = counts(cluster, keyspace)
        show(cluster, after)
        whole = [[ROWS + MISSING] * len(TABLES)] * len(cluster.nodes)
        if status != 0 or after != whole:
            say(f"The repair did not bring everything back (exit code {status}).")
            return 1
        missing = sum(map(sum, whole)) - sum(map(sum, before))
        say(f"All {missing} missing rows are back.")
        return 0


if __name__ == "__main__":
    sys.exit(main())
