"""Times that a test measures and does not judge: a busy machine is slow. They are told when all tests are done."""

_lines: list[str] = []


def report(what: str, seconds: float, goal: float | None = None) -> None:
    _lines.append(f"{what}: {seconds:.1f} s" + (f" (goal {goal:g} s)" if goal else ""))


def lines() -> list[str]:
    return list(_lines)
