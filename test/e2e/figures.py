"""
What a test tells beside its verdict, when all tests are done: times that it measures and does not judge, since a busy
machine is slow, and the order that chance chose.
"""

_lines: list[str] = []


def report(what: str, seconds: float, goal: float | None = None) -> None:
    say(f"{what}: {seconds:.1f} s" + (f" (goal {goal:g} s)" if goal else ""))


def say(what: str) -> None:
    _lines.append(what)


def lines() -> list[str]:
    return list(_lines)
