"""What Cassandra itself says of the repairs that it did: in its history tables and in its log."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cassandra import ConsistencyLevel

from . import data

if TYPE_CHECKING:
    from .node import Node

TokenRange = tuple[int, int]  # (begin, end]

_COPIES = 3  # of the history; of fewer nodes two are a majority

_LINE_TIME = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d,\d{3})")
_STARTING = re.compile(r"Starting repair command #(\d+).*repairing keyspace (\S+) with")
_FINISHED = re.compile(r"Repair command #(\d+) finished in (.+?)\s*$")


@dataclass(frozen=True)
class Repair:
    """A row of system_distributed.parent_repair_history: one repair command."""

    keyspace: str
    tables: frozenset[str]
    requested: frozenset[TokenRange]
    successful: frozenset[TokenRange]  # empty until it has finished
    options: dict[str, str]
    started: datetime  # UTC
    finished: datetime | None
    error: str | None


@dataclass(frozen=True)
class RepairCommand:
    """A repair command of which this node was the coordinator, as its log tells it. The log's local time."""

    number: int
    keyspace: str
    started: datetime
    finished: datetime | None
    took: str | None  # in Cassandra's words: `2 seconds`


def repair_history(node: "Node", keyspace: str | None = None) -> list[Repair]:
    """All repairs that the cluster remembers, the oldest first, read through this node from every replica: Cassandra
    says that a repair has ended when one of them knows."""
    others = data.execute(node, "SELECT peer FROM system.peers")
    every = ConsistencyLevel.ALL if len(others) + 1 >= _COPIES else ConsistencyLevel.QUORUM
    rows = data.execute(node, "SELECT * FROM system_distributed.parent_repair_history", consistency=every)
    repairs = [
        Repair(
            keyspace=row.keyspace_name,
            tables=frozenset(row.columnfamily_names or ()),
            requested=_ranges(row.requested_ranges),
            successful=_ranges(row.successful_ranges),
            options=dict(row.options or {}),
            started=row.started_at,
            finished=row.finished_at,
            error=row.exception_message,
        )
        for row in rows
        if keyspace in (None, row.keyspace_name)
    ]
    return sorted(repairs, key=lambda repair: repair.started)


def repaired_ranges(node: "Node", table: str) -> frozenset[TokenRange]:
    """The ranges of `keyspace.table` that were repaired with success, as they were asked for."""
    keyspace, _, name = table.partition(".")
    repairs = [repair for repair in repair_history(node, keyspace) if name in repair.tables]
    return frozenset().union(*(repair.successful for repair in repairs))


def repair_log(node: "Node", since: int = 0) -> list[RepairCommand]:
    """The repair commands of this coordinator by number, since a mark of its log."""
    commands: dict[int, RepairCommand] = {}
    for line in node.log.text(since).splitlines():
        if found := _STARTING.search(line):
            number = int(found.group(1))
            commands[number] = RepairCommand(number, found.group(2), _time(line), None, None)
        elif (found := _FINISHED.search(line)) and int(found.group(1)) in commands:
            begun = commands[int(found.group(1))]
            commands[begun.number] = RepairCommand(
                begun.number, begun.keyspace, begun.started, _time(line), found.group(2)
            )
    return [commands[number] for number in sorted(commands)]


def _ranges(texts: set[str] | None) -> frozenset[TokenRange]:
    """Of `(-5,7]`. Where no range was successful, Cassandra writes one empty text."""
    parts = (text.strip("(]").split(",") for text in texts or () if text)
    return frozenset((int(begin), int(end)) for begin, end in parts)


def _time(line: str) -> datetime:
    found = _LINE_TIME.search(line)
    if not found:
        raise ValueError(f"a log line without a time: {line}")
    return datetime.strptime(found.group(1).replace("T", " "), "%Y-%m-%d %H:%M:%S,%f")
