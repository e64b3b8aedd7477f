"""What Cassandra itself keeps of the repairs that it made: nothing that Helenus says."""

import re
from dataclasses import dataclass

from e2e.ring import Ring

_FIRST, _LAST = -(2**63), 2**63 - 1
_RANGE = re.compile(r"\((-?\d+),(-?\d+)\]")


@dataclass(frozen=True)
class RepairHistory:
    """The repairs of a keyspace that succeeded, each as the ranges that it was asked for."""

    repairs: list[list[tuple[int, int]]]

    def left_out(self) -> list[tuple[int, int]]:
        """The parts of the ring that none of them repaired."""
        missing, end = [], _FIRST
        for first, last in sorted(self._ranges()):
            if first > end:
                missing.append((end, first))
            end = max(end, last)
        return missing if end == _LAST else [*missing, (end, _LAST)]

    def repeated(self) -> int:
        """How many of them repaired nothing but what others did too."""
        kept: list[list[tuple[int, int]]] = []
        for repair in self.repairs:
            if repair not in kept:
                kept.append(repair)
        return len(self.repairs) - len(kept)

    def _ranges(self) -> list[tuple[int, int]]:
        return [one for repair in self.repairs for one in repair]


def repair_history(ring: Ring, keyspace: str) -> RepairHistory:
    with ring.session() as session:
        rows = list(session.execute("SELECT * FROM system_distributed.parent_repair_history"))
    ours = [row for row in rows if row.keyspace_name == keyspace and row.finished_at and not row.exception_message]
    return RepairHistory([sorted(_cut(row.requested_ranges)) for row in ours])


def _cut(ranges: set[str]) -> list[tuple[int, int]]:
    """`(first,last]` as numbers; one that goes beyond the end of the ring is two."""
    cut = []
    for text in ranges:
        found = _RANGE.fullmatch(text)
        assert found, text
        first, last = int(found[1]), int(found[2])
        cut += [(first, last)] if first < last else [(first, _LAST), (_FIRST, last)]
    return [one for one in cut if one[0] < one[1]]
