"""What a benchmark found, beside what it should have found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    goal: float  # at most this much
    unit: str
    note: str = ""  # what the figure was made of

    @property
    def is_reached(self) -> bool:
        return self.value <= self.goal

    def __str__(self) -> str:
        value, goal = f"{self.value:.4g} {self.unit}".rstrip(), f"{self.goal:g} {self.unit}".rstrip()
        verdict = "reached" if self.is_reached else "MISSED"
        return f"{self.name:<16} {value:>14}   goal {goal:<10} {verdict:<8} {self.note}".rstrip()


def percentile(values: list[float], share: float) -> float:
    """The smallest value that is not below `share` of all."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
