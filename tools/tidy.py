#!/usr/bin/env python3
"""House rules that a compiler does not know: names, sizes, detached work, sleeps in unit tests, a unit
test for every source. A file that must break a size rule says why in a comment: `tidy: long, because ...`."""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BANNED_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "manager", "impl", "handler"}
LONGEST_FILE = 400
LONGEST_TEST = 500  # a table of cases is read, not understood
LONGEST_EXCUSED_FILE = 600
LONGEST_FUNCTION = 70
EXCUSE = re.compile(r"tidy: long, because .+")
# A secret, or what is made of one, beside == or !=: how long that takes tells how much of a guess is right.
_PROOF = r"(reveal\(\)|mac\b|signature)"
QUICK_COMPARISON = re.compile(rf"{_PROOF}[^=!&|;]*[=!]=|[=!]=[^=&|;]*{_PROOF}")
# Coroutines that carry out what machines decide: test/simulation runs them all under faults.
ACTING_SUFFIXES = ("_loop", "_runner", "_service", "_keeper")
# What acts (sockets, files, loops) is tested where it acts, not in a file of its own. Folder or file -> where.
NO_MIRRORED_TEST = {
    "src/http/beast.cc": "nothing of ours in it",
    "src/http/connection.cc": "test/unit/http/server_test.cc",
    "src/cluster": "test/unit/cluster and test/simulation",
    "src/repair/engine.cc": "test/simulation",
    "src/cql/driver_session.cc": "test/integration/cql",
    "src/jmx/call_pool.cc": "test/unit/jmx/client_test.cc",
    "src/jmx/connection.cc": "test/unit/jmx/client_test.cc",
    "src/jmx/login_runner.cc": "test/unit/jmx/client_test.cc",
    "src/jmx/notification_stream.cc": "test/unit/jmx/client_test.cc",
    "src/jmx/open_connection.cc": "test/unit/jmx/client_test.cc",
    "src/jmx/session_watch.cc": "test/unit/jmx/client_test.cc",
    "src/api/resources": "test/unit/app/application_test.cc and test/integration/rest_test.py",
    "src/app/commands": "test/integration/process_test.py",
    "src/app/engine_host.cc": "test/unit/app/application_test.cc",
    "src/app/make_storage.cc": "test/integration/process_test.py",
    "src/app/one_shot/json_report.cc": "test/unit/app/one_shot/one_shot_report_test.cc",
    "src/app/one_shot/one_shot_host.cc": "test/unit/app/one_shot/one_shot_repair_test.cc",
    "src/app/process_routes.cc": "test/unit/app/application_test.cc",
    "src/app/storage_metrics.cc": "test/bench/daemon_figures.py",
    "src/storage/cassandra": "test/contract/storage on the lab's Cassandra (test/integration/storage_test.py); pure parts have unit tests",
    "src/storage/memory": "test/contract/storage",
    "src/storage/sqlite": "test/contract/storage",
    "src/management/jmx": "pure parts have unit tests; the rest is test/integration",
    "src/management/link/leftover_validations.cc": "test/unit/management/link/link_connector_test.cc",
    "src/management/link/linked_node_client.cc": "test/unit/management/link/link_connector_test.cc",
    "src/management/link/linked_repair_session.cc": "test/unit/management/link/link_connector_test.cc",
    "src/management/link/node_link.cc": "test/unit/management/link/link_connector_test.cc",
    "src/management/link/command_state.cc": "test/unit/management/link/link_connector_test.cc",
    "src/net": "test/unit/net and test/integration/jmx",
}
# What acts is tested where it runs, with everything it acts on: whole clusters in virtual time.
TESTED_IN_SIMULATION = {
    "src/cluster": {"cluster_service"},
    "src/repair": {"engine", "repair_service", "progress_hub"},
    "src/repair/dispatch": {"dispatch_answers", "dispatch_loop", "dispatcher_answers", "flights", "sharing"},
    "src/repair/run": {"run_change", "run_creation", "run_loop", "run_placement"},
    "src/repair/segment": {"segment_keeper", "segment_runner"},
}


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
                         cwd=ROOT, check=True, capture_output=True)
    return [pathlib.Path(name) for name in out.stdout.decode().split("\0") if name and (ROOT / name).exists()]


def name_problems(path):
    words = set(path.with_suffix("").parts)
    for part in list(words):
        words.update(part.split("_"))
    for word in words & BANNED_NAMES:
        yield f"{path}: '{word}' says nothing about what is inside"


def size_problems(path, text):
    lines = [line for line in text.splitlines() if line.strip()]
    longest = LONGEST_TEST if path.parts[0] == "test" else LONGEST_FILE
    allowed = LONGEST_EXCUSED_FILE if EXCUSE.search(text) else longest
    if len(lines) > allowed:
        yield f"{path}: {len(lines)} non-blank lines, at most {allowed}"


SIGNATURE_END = re.compile(r"[\w:~<>,*&\[\]\s()=.\"'-]*\)[\w\s:>&<,{}()-]*\{$")
NO_FUNCTION = re.compile(r"(namespace|class|struct|enum|if|for|while|switch|TEST)")


def function_problems(path, text):
    """A body starts at a line that ends in '{', and ends at a '}' below the first line of the signature,
    which is in column 0 or inside a class; its parameters may go on in lines that begin deeper."""
    start, indent, first = None, "", ""
    for number, line in enumerate(text.splitlines(), 1):
        if start is not None:
            if line.startswith(indent + "}") and not line.startswith(indent + "} "):
                if number - start > LONGEST_FUNCTION:
                    yield f"{path}:{start}: a function of {number - start} lines, at most {LONGEST_FUNCTION}"
                start = None
            continue
        if re.match(r"\s{0,2}\S", line):
            first = line
        if SIGNATURE_END.fullmatch(line) and not NO_FUNCTION.match(first.strip()):
            start, indent = number, first[:len(first) - len(first.lstrip())]


def text_problems(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        place = f"{path}:{number}"
        if "asio::" "detached" in line and not str(path).startswith("src/base/"):
            yield f"{place}: detached work; spawn it in a task_group"
        if re.search(r"TO" r"DO(?!\(\w+\))", line):
            yield f"{place}: a to-do without an owner"
        if str(path).startswith("src/") and re.search(r"\bALLOW\s+FILTERING\b", line, re.IGNORECASE):
            yield f"{place}: a statement that reads whole tables"
        if str(path).startswith("src/api/auth/") and QUICK_COMPARISON.search(line):
            yield f"{place}: a secret compared otherwise than by crypto::equal_in_constant_time"
        if str(path).startswith("test/unit/") and re.search(r"\bsleep(_for|_until)?\(", line):
            if "std::this_thread" in line or re.search(r"\bu?sleep\(\d", line):
                yield f"{place}: a unit test that sleeps"


def mirror_problems(path):
    text = str(path)
    if not text.startswith("src/") or path.suffix != ".cc" or path.name in ("errc.cc", "main.cc"):
        return
    if any(text == place or text.startswith(place + "/") for place in NO_MIRRORED_TEST):
        return
    if path.stem.endswith(ACTING_SUFFIXES):
        return
    if path.stem in TESTED_IN_SIMULATION.get(str(path.parent), ()):
        return
    mirrored = ROOT / "test/unit" / path.relative_to("src").with_name(path.stem + "_test.cc")
    if not mirrored.exists():
        yield f"{path}: no {mirrored.relative_to(ROOT)}"


def problems_of(path):
    text = (ROOT / path).read_text()
    yield from name_problems(path)
    yield from text_problems(path, text)
    yield from mirror_problems(path)
    if path.suffix in (".h", ".cc", ".py"):
        yield from size_problems(path, text)
    if path.suffix == ".cc":
        yield from function_problems(path, text)


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    paths = tracked("src/*.h", "src/*.cc", "test/*.h", "test/*.cc", "test/*.py", "tools/*.py")
    problems = [problem for path in paths for problem in problems_of(path)]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"tidy: {len(paths)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
