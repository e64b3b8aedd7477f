#!/usr/bin/env python3
"""Checks that includes go down: every #include "module/..." in src/ must name a module of a lower
rank that the including module lists under DEPENDS. Ranks and dependencies are read from cmake/module.cmake
and the CMakeLists.txt of each module, so that they are written once."""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"

# Outside libraries that only these modules may include.
OWNERS = {
    "yaml-cpp/": {"config"},
    "CLI/": {"app"},
    "sqlite3.h": {"sqlite"},
    "boost/beast": {"http"},
    "openssl/": {"crypto", "net"},
}
# Pairs that ranks alone would allow: (including module, included module).
FORBIDDEN = {
    "jmx": {"model", "metrics", "sqlite"},
    "cql": {"model", "metrics", "sqlite"},
    "http": {"model", "sqlite"},
    "net": {"model"},
    "sqlite": {"model"},
    "repair": {"jmx", "cql", "sqlite", "http", "net"},
    "cluster": {"jmx", "cql", "sqlite", "http", "net"},
}
INCLUDE = re.compile(r'^\s*#include\s+[<"]([^>"]+)[>"]')


def read_ranks():
    text = (ROOT / "cmake/module.cmake").read_text()
    ranks = {m.group(1): int(m.group(2)) for m in re.finditer(r"set\(HELENUS_RANK_(\w+) (\d+)\)", text)}
    for loop in re.finditer(r"foreach\(module ([\w\s]+)\)\s+set\(HELENUS_RANK_\$\{module\} (\d+)\)", text):
        for name in loop.group(1).split():
            ranks[name] = int(loop.group(2))
    return ranks


def read_modules():
    """Module name -> (folder, names it depends on)."""
    modules = {}
    for listing in SOURCE.rglob("CMakeLists.txt"):
        for call in re.finditer(r"helenus_module\((\w+)(.*?)\)", listing.read_text(), re.S):
            words = call.group(2).split()
            depends, reading = set(), False
            for word in words:
                if word.isupper() or word == "NO_PCH":
                    reading = word == "DEPENDS"
                elif reading:
                    depends.add(word)
            modules[call.group(1)] = (listing.parent, depends)
    return modules


def owner_of(path, modules):
    """The module whose folder holds the path: the deepest one."""
    inside = [(len(folder.parts), name) for name, (folder, _) in modules.items() if path.is_relative_to(folder)]
    return max(inside)[1] if inside else None


def check(modules, ranks):
    problems = []
    for path in sorted(SOURCE.rglob("*.h")) + sorted(SOURCE.rglob("*.cc")):
        name = owner_of(path, modules)
        place = path.relative_to(ROOT)
        if name is None:
            problems.append(f"{place}: belongs to no module (no helenus_module() in its folder or above)")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if match:
                problem = problem_of(name, match.group(1), modules, ranks)
                if problem:
                    problems.append(f"{place}:{number}: {problem}")
    return problems


def problem_of(name, included, modules, ranks):
    for prefix, owners in OWNERS.items():
        if included.startswith(prefix) and name not in owners:
            return f"{included} may only be included by {' and '.join(sorted(owners))}, this is {name}"
    target = SOURCE / included
    if not target.exists():
        return None
    other = owner_of(target, modules)
    if other == name:
        return None
    if other in FORBIDDEN.get(name, ()):
        return f"{name} must not know {other}"
    if ranks[other] >= ranks[name]:
        return f"{name} (rank {ranks[name]}) includes {other} (rank {ranks[other]}): includes go down"
    if other not in modules[name][1]:
        return f"{name} includes {other} but does not list it under DEPENDS"
    return None


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    ranks, modules = read_ranks(), read_modules()
    problems = check(modules, ranks)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"layers: {len(modules)} modules, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
