"""Programs under test: the daemon, and the integration tests that are written in C++."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.cache import REPOSITORY

# Seconds; a busy machine is slow.
STOP_TIMEOUT = 60.0
STEP_TIMEOUT = 120.0
RUN_TIMEOUT = 600.0  # of a whole repair or migration


@dataclass(frozen=True)
class Finished:
    exit_code: int
    output: str  # standard output
    errors: str  # standard error

    def expect(self, exit_code: int = 0) -> "Finished":
        """Itself, if the program ended so."""
        words = f"ended with {self.exit_code} instead of {exit_code}\n{self.output}\n{self.errors}"
        assert self.exit_code == exit_code, words
        return self

    def expect_tests(self) -> "Finished":
        """Itself, if it is a googletest program of which at least one test passed and none failed."""
        self.expect(0)
        passed = re.search(r"^\[  PASSED  \] (\d+) test", self.output, re.MULTILINE)
        assert passed and int(passed[1]) > 0, f"no test passed; were all skipped?\n{self.output}"
        return self


class Daemon:
    """A program that stays. Its output goes to `log`."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path):
        self.log = log
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", *command],
            env=os.environ | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=open(log, "ab"),
            stderr=subprocess.STDOUT,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_for_port(self, address: str, port: int, timeout: float = STEP_TIMEOUT) -> None:
        deadline = time.monotonic() + timeout
        while True:
            self.check_runs()
            with socket.socket() as probe:
                if probe.connect_ex((address, port)) == 0:
                    return
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing listens on {address}:{port} after {timeout:g} s:\n{self.log.read_text()}")
            time.sleep(0.05)

    def check_runs(self) -> None:
        assert self.is_running, f"ended with {self._process.returncode}:\n{self.log.read_text()}"

    def stop(self, timeout: float = STOP_TIMEOUT) -> int:
        """SIGTERM; the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self.wait(timeout)

    def interrupt(self) -> None:
        """SIGINT, as Ctrl-C; returns at once."""
        self._process.send_signal(signal.SIGINT)

    def wait(self, timeout: float) -> int:
        """Until it ends by itself; the exit code."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimeoutError(f"did not end within {timeout:g} s:\n{self.log.read_text()}") from None

    def kill(self) -> None:
        """SIGKILL, as in a crash."""
        self._process.kill()
        self._process.wait()


class Helenus:
    """The daemon's binary; every run has a time-out, and what still runs at the end of the test is killed."""

    def __init__(self, binary: Path, folder: Path):
        self.binary = binary
        self._folder = folder  # for the logs of what is started
        self._daemons: list[Daemon] = []

    def run(
        self,
        *words: str,
        timeout: float = STEP_TIMEOUT,
        environment: Mapping[str, str] | None = None,
        wrapper: Sequence[str] = (),
    ) -> Finished:
        """Runs it to its end; `wrapper` is a command that starts another."""
        program, *rest = [*wrapper, str(self.binary)]
        return run_program(Path(program), *rest, *words, timeout=timeout, environment=environment)

    def start(
        self, *words: str, environment: Mapping[str, str] | None = None, wrapper: Sequence[str] = ()
    ) -> Daemon:
        """Starts it and returns at once."""
        log = self._folder / f"helenus-{len(self._daemons) + 1}.log"
        daemon = Daemon([*wrapper, str(self.binary), *words], environment or {}, log)
        self._daemons.append(daemon)
        return daemon

    def close(self) -> None:
        for daemon in self._daemons:
            if daemon.is_running:
                daemon.kill()


def run_program(
    program: Path, *words: str, timeout: float, environment: Mapping[str, str] | None = None
) -> Finished:
    """Runs a program to its end; TimeoutError with its words so far if it takes too long."""
    try:
        done = subprocess.run(
            ["setpriv", "--pdeathsig=KILL", str(program), *words],
            env=os.environ | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired as late:
        said = b"".join(text for text in (late.stdout, late.stderr) if isinstance(text, bytes))
        words_so_far = said.decode(errors="replace")
        raise TimeoutError(f"{program.name} did not end within {timeout:g} s:\n{words_so_far}") from None
    return Finished(done.returncode, done.stdout, done.stderr)


def build_folder() -> Path:
    """Where this build's programs are: HELENUS_BUILD, or build/dev."""
    return Path(os.environ.get("HELENUS_BUILD") or REPOSITORY / "build" / "dev").resolve()


def find_program(name: str) -> Path:
    """A program of this build by its file name."""
    found = [path for path in build_folder().rglob(name) if path.is_file() and os.access(path, os.X_OK)]
    if len(found) != 1:
        raise FileNotFoundError(f"{len(found)} programs named {name} in {build_folder()}: build it first")
    return found[0]
