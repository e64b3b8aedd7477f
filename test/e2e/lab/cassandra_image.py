"""An image of Apache Cassandra for pods: the jars of ../../cassandra, the Java that runs them, and a shell."""

import os
import shutil
import subprocess
from pathlib import Path

from lab import jvm
from lab.cache import Progress, build_once, silent
from lab.fetch import Server, fetch_server
from lab.java import compiled_jar
from lab.versions import find_version

from .images import digest_of, image
from .paths import E2E_FOLDER, cache_folder

_VERSION = find_version("5.0")
NAME = f"localhost/cassandra:{_VERSION.release}"  # as cass-operator asks for it
UID = 999  # as the images of k8ssandra have it
_FILES = E2E_FOLDER / "cassandra"
_HEAP_MIB = 256
_BUSYBOX = Path("/bin/busybox")
_APPLETS = ("sh", "sed", "cat", "ls", "nc", "mkdir", "sleep", "grep", "env", "id", "cp", "hostname")
# Tools, sources and pictures, which no server needs.
_NOT_OF_JAVA = ("jmods", "include", "man", "demo", "src.zip", "ct.sym", "classlist", "docs", "legal")


def cassandra_image(progress: Progress = silent) -> Path:
    """The archive, made on first use; `../cassandra` has what starts Cassandra in it."""
    server = fetch_server(_VERSION, progress=progress)
    ours = b"".join(path.read_bytes() for path in (*sorted(_FILES.iterdir()), Path(__file__)))
    management = compiled_jar("management", progress)
    digest = digest_of(NAME, ours, _options(server).encode(), server.java.build.encode(), management.name.encode())

    def write(draft: Path) -> None:
        progress(f"making the image {NAME}")
        config = {
            "User": f"{UID}:0",
            "Entrypoint": ["/bin/sh", "/usr/local/bin/start-cassandra"],
            "Env": ["PATH=/opt/java/bin:/bin"],
        }
        architecture = image.architecture_of(server.java.program)
        layers = [_java_layer(server), _cassandra_layer(server, management)]
        image.write(draft, NAME, architecture, layers, config, level=1)

    return build_once(cache_folder() / f"image-{digest}.tar", write, progress)


def _java_layer(server: Server) -> bytes:
    layer = image.Layer()
    home = server.java.program.parent.parent
    # Debian's links lead out of the folder: what they lead to is taken.
    for folder, below, files in os.walk(home, followlinks=True):
        below[:] = sorted(set(below) - set(_NOT_OF_JAVA))
        for file in sorted(set(files) - set(_NOT_OF_JAVA)):
            path = Path(folder) / file
            wanted = path.parent.name != "bin" or file in ("java", "keytool", "jcmd")
            if wanted and path.is_file():
                layer.file(f"opt/java/{path.relative_to(home)}", path.read_bytes(), path.stat().st_mode & 0o777)
    libraries = {*image.shared_libraries(home / "bin" / "java"), *image.shared_libraries(home / "lib/server/libjvm.so")}
    for library in sorted(libraries):
        if not library.is_relative_to(home):
            layer.file(str(library).lstrip("/"), library.read_bytes(), 0o755)
    return bytes(layer.finish())


def _cassandra_layer(server: Server, management: Path) -> bytes:
    layer = image.Layer()
    for jar in [management, *sorted(server.library.glob("*.jar"))]:
        layer.file(f"opt/cassandra/lib/{jar.name}", jar.read_bytes())
    layer.file("opt/cassandra/jvm.options", _options(server).encode())
    for name in ("cassandra.yaml", "logback.xml", "jaas.config"):
        layer.file(f"opt/cassandra/{name}", (_FILES / name).read_bytes())
    layer.file("usr/local/bin/start-cassandra", (_FILES / "start-cassandra").read_bytes(), 0o755)
    layer.file("etc/passwd", f"root:x:0:0:root:/:/bin/sh\ncassandra:x:{UID}:0:cassandra:/:/bin/sh\n".encode())
    layer.file("etc/nsswitch.conf", b"passwd: files\ngroup: files\nhosts: files dns\n")
    layer.file("bin/busybox", _busybox().read_bytes(), 0o755)
    for applet in _APPLETS:
        layer.link(f"bin/{applet}", "/bin/busybox")
    # A pod of cass-operator copies what is there.
    layer.file("etc/cassandra/cassandra.yaml", (_FILES / "cassandra.yaml").read_bytes())
    layer.folder("tmp", 0o1777)
    layer.folder("var/lib/cassandra", 0o775)
    return bytes(layer.finish())


def _options(server: Server) -> str:
    """One for each line, as java reads a file of arguments."""
    options = [*jvm.module_options(server), *jvm.memory_options(server, _HEAP_MIB), *jvm.test_options()]
    return "\n".join([*options, "-cp", '"/opt/cassandra/lib/*"', ""])


def _busybox() -> Path:
    """One that needs no library."""
    found = Path(shutil.which("busybox") or _BUSYBOX)
    if not found.exists() or subprocess.run(["ldd", str(found)], capture_output=True).returncode == 0:
        raise RuntimeError("the image of Cassandra needs the package busybox-static")
    return found
