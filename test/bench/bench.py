#!/usr/bin/env python3
"""The benchmarks. Each prints its figures, its goals and whether they are reached; docs/benchmarks.md says how they
are measured. Without a name all run but never-ready, which takes half an hour."""

import argparse
import sys
from collections.abc import Callable, Iterator

import cql_figures
import daemon_figures
import engine_figures
import image_figures
import never_ready_figures
from figure import Figure


def _real(name: str) -> Iterator[Figure]:
    import real_figures  # needs the Cassandra driver; the others need Python alone

    return getattr(real_figures, name)()


def _sidecar(name: str) -> Iterator[Figure]:
    import sidecar_figures  # the same

    return getattr(sidecar_figures, name)()


BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {
    "start": daemon_figures.start,
    "rss-idle": daemon_figures.rss_idle,
    "rss-large": daemon_figures.rss_large,
    "list": daemon_figures.list_runs,
    "costs": daemon_figures.costs,
    "image": image_figures.size,
    "plan": engine_figures.plan,
    "simulation": engine_figures.simulation,
    "fleet": engine_figures.fleet,
    "storm": engine_figures.storm,
    "cql": cql_figures.three_nodes,
    "cql-large": cql_figures.large_ring,
    "overhead": lambda: _real("overhead"),
    "overhead-http": lambda: _real("overhead_of_http"),
    "dispatch-gap": lambda: _real("dispatch_gap"),
    "statements": lambda: _real("statements"),
    "statements-fleet": lambda: _real("statements_of_fleet"),
    "migration": lambda: _real("migration"),
    "cpu-idle": lambda: _sidecar("cpu_idle"),
    "rss-sidecar": lambda: _sidecar("rss"),
    "healthcheck-hang": lambda: _sidecar("healthcheck_hang"),
    "never-ready": never_ready_figures.never_ready,
}
_ONLY_WHEN_NAMED = ("never-ready",)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(BENCHMARKS))
    names = parser.parse_args().names or [name for name in BENCHMARKS if name not in _ONLY_WHEN_NAMED]
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are: {' '.join(BENCHMARKS)}")
    status = 0
    for name in names:
        try:
            for figure in BENCHMARKS[name]():
                print(figure, flush=True)
                status |= not figure.is_reached
        except Exception as error:  # the others shall still be measured
            print(f"{name:<16} FAILED: {error}", flush=True)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
