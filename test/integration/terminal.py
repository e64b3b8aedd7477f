"""A terminal with nobody in front of it."""

import contextlib
import fcntl
import os
import struct
import termios
from collections.abc import Iterator


@contextlib.contextmanager
def terminal(columns: int = 80) -> Iterator[tuple[int, int]]:
    """Two file descriptors: what a person sees and types, and what programs are given, which the caller closes."""
    person, program = os.openpty()
    fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    try:
        yield person, program
    finally:
        os.close(person)


def has_echo(end: int) -> bool:
    return bool(termios.tcgetattr(end)[3] & termios.ECHO)


def read_until(person: int, words: bytes | None) -> bytes:
    """What a terminal shows, up to some words or, without any, to its end."""
    shown = b""
    while words is None or words not in shown:
        try:
            part = os.read(person, 65536)
        except OSError:  # nobody has the other end any more
            break
        if not part:
            break
        shown += part
    assert words is None or words in shown, shown
    return shown
