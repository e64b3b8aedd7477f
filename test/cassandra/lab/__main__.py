"""The command line of the lab."""

import argparse
import contextlib
import json
import os
import select
import signal
import stat
import subprocess
import sys
import time

from .archive import class_archive
from .cluster import Cluster
from .description import description, environment
from .fetch import fetch_server
from .options import ClusterOptions
from .versions import DEFAULT_VERSION, VERSIONS, find_version

_DESCRIPTION = """\
Real Apache Cassandra clusters on loopback addresses, for tests and for trying Helenus.

  python -m lab up --nodes 3                  three nodes of the default version; prints JSON, stays until Ctrl-C
  python -m lab up --dc dc1=2 --dc dc2=1 --version 4.1.10
  python -m lab run --nodes 1 -- ctest -L integration       runs a command beside a cluster, then ends both
  python -m lab fetch --version 5.0.9         downloads only, so that later starts need no network
"""

_EPILOG = """\
Every cluster has a network 127.0.X.0/24 of its own, so several can run side by side. Each node listens on port 7199
(JMX), 9042 (CQL) and 7000 of its own address. The nodes end with this process, however it ends.

`up` writes one JSON object to standard output when all nodes see each other; progress goes to standard error. It ends
at SIGINT, SIGTERM, or when standard input is a pipe or a terminal and closes. `run` gives the command
  HELENUS_TEST_NODES=127.0.8.1:7199,...   JMX           HELENUS_TEST_CQL_NODES=127.0.8.1:9042,...
  HELENUS_TEST_CASSANDRA={"nodes": ...}   the JSON object of `up`

Downloads are kept in $HELENUS_CASSANDRA_CACHE (default build/cassandra), logs in build/lab.
"""


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return int(arguments.command(arguments))
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lab", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="up | run | fetch")
    releases = ", ".join(version.release for version in VERSIONS)

    cluster = argparse.ArgumentParser(add_help=False)
    cluster.add_argument("--version", default=DEFAULT_VERSION, help=f"one of {releases} (default {DEFAULT_VERSION})")
    cluster.add_argument("--java", type=int, metavar="N", help="another Java than the version's usual one: 11 17 21 25")
    cluster.add_argument("--nodes", type=int, metavar="N", help="nodes in dc1 (default 3)")
    cluster.add_argument(
        "--dc", action="append", default=[], metavar="NAME=N", help="a data center and its nodes; may be repeated"
    )
    cluster.add_argument("--racks", type=int, default=1, metavar="N", help="racks in each data center (default 1)")
    cluster.add_argument("--num-tokens", type=int, default=16, metavar="N", help="vnodes of each node (default 16)")
    cluster.add_argument("--jmx-auth", action="store_true", help="JMX asks for user and password")
    cluster.add_argument("--jmx-tls", action="store_true", help="JMX speaks TLS, registry included")
    cluster.add_argument("--cql-auth", action="store_true", help="CQL asks for user and password")
    cluster.add_argument("--cql-tls", action="store_true", help="CQL speaks TLS to those who ask for it")
    cluster.add_argument("--management-api", action="store_true", help="with a stand-in for the management API at port 8080")
    cluster.add_argument("--management-tls", action="store_true", help="which speaks TLS and wants a certificate")
    cluster.add_argument("--auto-repair", action="store_true", help="with Cassandra's own repair scheduler")
    cluster.add_argument("--heap", type=int, default=256, metavar="MIB", help="heap of each node (default 256)")
    cluster.add_argument("--name", default="lab", help="cluster name (default lab)")
    cluster.add_argument("--no-archive", action="store_true", help="without class data archive: no training run")

    up = commands.add_parser("up", parents=[cluster], help="start a cluster and stay")
    up.set_defaults(command=_up)
    run = commands.add_parser("run", parents=[cluster], help="start a cluster, run a command, stop the cluster")
    run.add_argument("words", nargs="+", metavar="COMMAND")
    run.set_defaults(command=_run)
    fetch = commands.add_parser("fetch", help="download and prepare")
    fetch.add_argument("--version", action="append", help="may be repeated; see up --help")
    fetch.add_argument("--no-archive", action="store_true", help="without class data archive")
    fetch.set_defaults(command=_fetch)
    return parser


def _up(arguments: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _start(arguments) as cluster:
        print(json.dumps(description(cluster), indent=2), flush=True)
        with contextlib.suppress(KeyboardInterrupt):  # a signal is the usual end
            _wait_for_the_end(cluster)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _start(arguments) as cluster:
        return subprocess.run(arguments.words, env=os.environ | environment(cluster)).returncode


def _fetch(arguments: argparse.Namespace) -> int:
    for name in arguments.version or [DEFAULT_VERSION]:
        server = fetch_server(find_version(name), progress=_say)
        if not arguments.no_archive:
            class_archive(server, ClusterOptions(version=name), _say)
        _say(f"Cassandra {server.version.release} is in {server.library}, runs on {server.java.program}")
    return 0


def _start(arguments: argparse.Namespace) -> Cluster:
    data_centers = {name: int(count) for name, _, count in (word.partition("=") for word in arguments.dc)}
    if data_centers and arguments.nodes:
        raise SystemExit("lab: --nodes and --dc exclude each other")
    options = ClusterOptions(
        version=arguments.version,
        data_centers=data_centers or {"dc1": arguments.nodes or 3},
        racks=arguments.racks,
        num_tokens=arguments.num_tokens,
        jmx_auth=arguments.jmx_auth,
        jmx_tls=arguments.jmx_tls,
        cql_auth=arguments.cql_auth,
        cql_tls=arguments.cql_tls,
        management_api=arguments.management_api,
        management_tls=arguments.management_tls,
        auto_repair=arguments.auto_repair,
        java=arguments.java,
        heap_mib=arguments.heap,
        name=arguments.name,
    )
    return Cluster(options, progress=_say, use_archive=not arguments.no_archive)


def _wait_for_the_end(cluster: Cluster) -> None:
    # A service manager or `&` gives /dev/null, which is always at its end: then only a signal ends us.
    mode = os.fstat(sys.stdin.fileno()).st_mode if sys.stdin else 0
    watches_input = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or (bool(mode) and sys.stdin.isatty())
    while True:
        for node in cluster.nodes:
            node.check_alive()
        if not watches_input:
            time.sleep(1)
        elif select.select([sys.stdin], [], [], 1)[0] and not os.read(sys.stdin.fileno(), 4096):
            return


def _say(text: str) -> None:
    print(f"lab: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
