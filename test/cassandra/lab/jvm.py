"""The command lines of the JVMs: one Cassandra node, and the small tools beside it."""

import os
from pathlib import Path

from .fetch import Server

_EXPORTS = (
    "java.base/jdk.internal.misc java.management.rmi/com.sun.jmx.remote.internal.rmi java.rmi/sun.rmi.registry "
    "java.rmi/sun.rmi.server java.sql/java.sql jdk.unsupported/sun.misc jdk.attach/sun.tools.attach "
    # Without it a node with JMX authentication dies at start.
    "java.management/com.sun.jmx.remote.security"
).split()
_OPENS = (
    "java.base/java.lang.module java.base/jdk.internal.loader java.base/jdk.internal.ref "
    "java.base/jdk.internal.reflect java.base/jdk.internal.math java.base/jdk.internal.module "
    "java.base/jdk.internal.util.jar jdk.management/com.sun.management.internal java.base/sun.nio.ch "
    "java.base/java.io java.base/java.lang.reflect java.base/java.lang java.base/java.util java.base/java.nio "
    "java.base/java.net java.base/java.util.concurrent java.base/java.util.concurrent.atomic java.base/java.math"
).split()
_EXPORTS_11 = "java.base/jdk.internal.ref java.base/jdk.internal.util java.base/sun.nio.ch".split()
_EXPORTS_17 = "java.base/java.lang.ref".split()

# Small and quick to start rather than fast: most of a test node's life is its start.
_SMALL = (
    "-XX:MaxDirectMemorySize=128m -XX:MaxMetaspaceSize=192m -Xss256k -XX:+UseSerialGC "
    "-XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData"
).split()


def module_options(server: Server) -> list[str]:
    """What Cassandra needs of the JVM on Java 11 and later."""
    exports = _EXPORTS + (_EXPORTS_11 if server.java.major == 11 else _EXPORTS_17)
    options = ["-Djdk.attach.allowAttachSelf=true", "-Dio.netty.tryReflectionSetAccessible=true"]
    options += [f"--add-exports={package}=ALL-UNNAMED" for package in exports]
    options += [f"--add-opens={package}=ALL-UNNAMED" for package in _OPENS]
    if server.java.major > 11:
        options += ["-Dio.netty.allocator.useCacheForAllThreads=true", "-Dio.netty.allocator.maxOrder=11"]
    if server.java.major > 17:
        options += ["-Djava.security.manager=allow"]
    return options


def memory_options(server: Server, heap_mib: int) -> list[str]:
    """These must be the same when the class data archive is written and when it is used."""
    options = ["-Xms64m", f"-Xmx{heap_mib}m", *_SMALL]
    if server.version.jamm_agent and server.java.major > 11:
        options += [f"-javaagent:{next(server.library.glob('jamm-*.jar'))}"]
        options += ["-XX:+UnlockDiagnosticVMOptions", "-XX:+AllowArchivingWithJavaAgent"]
    return options


def class_path(server: Server, *more: Path) -> list[str]:
    """`more` comes last, or no class data archive could be used."""
    return ["-cp", ":".join(map(str, (*server.class_path, *more)))]


def test_options() -> list[str]:
    """Cassandra without its waits for a slow network and for the disk. Safe for tests only."""
    return [
        "-Dcassandra-foreground=yes",
        "-Dcassandra.skip_wait_for_gossip_to_settle=0",
        "-Dcassandra.skip_sync=true",
        "-Dcassandra.superuser_setup_delay_ms=0",
        "-Dcassandra.shutdown_announce_in_ms=200",
        # At start Cassandra makes so many rows to learn what one weighs; 100,000 take a third of a node's start.
        "-Dcassandra.memtable_row_overhead_computation_step=1000",
        # No delay at a first boot, where all are seeds and have their tokens; a bootstrap waits this long. A peer that
        # is not in the ring yet and says nothing for this long is forgotten until its next word.
        "-Dcassandra.ring_delay_ms=4000",
        "-Dcassandra.available_processors=2",
        "-Djava.net.preferIPv4Stack=true",
    ]


def bound_to_parent(command: list[str]) -> list[str]:
    """
    `command`, killed by the kernel when the thread that starts it ends, and without the right to lock memory:
    otherwise Cassandra run by root locks its whole mapping, 400 MiB instead of 240.
    """
    prefix = ["setpriv", "--pdeathsig=KILL"]
    if os.geteuid() == 0:
        prefix += ["--inh-caps=-ipc_lock", "--bounding-set=-ipc_lock"]
    # The parent may have ended before the kernel knew that we want to hear of it.
    check = '[ "$PPID" = "$1" ] || exit 1; shift; ulimit -l 64; exec "$@"'
    return [*prefix, "/bin/sh", "-c", check, "sh", str(os.getpid()), *command]


def tool_command(server: Server, options: list[str], main: str, arguments: list[str]) -> list[str]:
    """A short-lived Java program with Cassandra's class path."""
    small = ["-Xmx96m", "-Xss256k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
    return [
        str(server.java.program), *small, *module_options(server), *options, *class_path(server), main, *arguments,
    ]  # fmt: skip


def file_url(path: Path) -> str:
    return path.as_uri()
