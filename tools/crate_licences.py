#!/usr/bin/env python3
"""Writes docs/licences-of-crates.md: the crates that are part of Helenus on Linux, with their licences. With --check
only says whether the file belongs to the Cargo.lock that is there, which needs no cargo."""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRATE = ROOT / "src/cql/driver"
PAGE = ROOT / "docs/licences-of-crates.md"
PLATFORM = "x86_64-unknown-linux-gnu"


def mark():
    """The line that ties the page to a Cargo.lock."""
    return f"Made by `tools/crate_licences.py` of Cargo.lock {hashlib.sha256((CRATE / 'Cargo.lock').read_bytes()).hexdigest()[:16]}."


def metadata():
    command = ["cargo", "metadata", "--locked", "--offline", "--format-version=1", f"--filter-platform={PLATFORM}"]
    out = subprocess.run(command, cwd=CRATE, check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def linked(data):
    """The ids of all packages that are reached without going through build scripts, tests or procedural macros."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    packages = {package["id"]: package for package in data["packages"]}
    found, open_ids = set(), [data["resolve"]["root"]]
    while open_ids:
        here = open_ids.pop()
        if here in found or any("proc-macro" in target["kind"] for target in packages[here]["targets"]):
            continue
        found.add(here)
        for dependency in nodes[here]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                open_ids.append(dependency["pkg"])
    found.discard(data["resolve"]["root"])
    return found


def page(data):
    inside = linked(data)
    rows = sorted(
        (package["name"], package["version"], package["license"] or "see the crate", package["repository"] or "")
        for package in data["packages"]
        if package["id"] in inside
    )
    lines = [
        "# Licences of the crates in Helenus",
        "",
        "What the CQL driver (`src/cql/driver`) links from crates.io. Crates that are only used while building are not part of",
        "the binary and not listed. The Rust standard library is MIT OR Apache-2.0.",
        "",
        mark(),
        "",
        "| crate | version | licence | source |",
        "|---|---|---|---|",
    ]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        PAGE.write_text(page(metadata()))
        return 0
    if PAGE.exists() and mark() in PAGE.read_text():
        return 0
    print(f"{PAGE.relative_to(ROOT)} is not of this Cargo.lock: run tools/crate_licences.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
