"""Cassandra's jars from Maven Central."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .cache import CASSANDRA_FOLDER, Progress, build_once, cache_folder, silent
from .java import Java, compiled_jar, find_java
from .versions import Version


@dataclass(frozen=True)
class Server:
    """All that is needed to run one Cassandra version."""

    version: Version
    java: Java
    library: Path
    labmain: Path  # jar of LabMain
    labjmx: Path  # jar of LabJmx
    management: Path  # jar of the management API's stand-in

    @property
    def class_path(self) -> list[Path]:
        return [self.labmain, *sorted(self.library.glob("*.jar"))]


def fetch_server(version: Version, java: int | None = None, progress: Progress = silent) -> Server:
    """Downloads what is missing; when all is there it takes a tenth of a second."""

    def resolve(draft: Path) -> None:
        progress(f"fetching Cassandra {version.release}")
        if not shutil.which("mvn"):
            raise RuntimeError("the lab fetches Cassandra with Maven: install the package maven")
        command = ["mvn", "-B", "-q", "-Dstyle.color=never", "-f", str(CASSANDRA_FOLDER / "pom.xml")]
        command += ["-P", version.line]
        command += [f"-Dmaven.repo.local={cache_folder() / 'maven'}", f"-DoutputDirectory={draft}"]
        subprocess.run([*command, "dependency:copy-dependencies"], check=True, stdout=sys.stderr)
        if not (draft / f"cassandra-all-{version.release}.jar").exists():
            raise RuntimeError(f"pom.xml has another release than {version.release} in profile {version.line}")

    library = build_once(cache_folder() / f"cassandra-{version.release}", resolve, progress)
    runtime = find_java(version, java, progress)
    jars = [compiled_jar(name, progress) for name in ("LabMain", "LabJmx", "management")]
    return Server(version, runtime, library, *jars)
