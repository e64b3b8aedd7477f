"""Cassandra's own nodetool, for what has no shorter way."""

import subprocess
from typing import TYPE_CHECKING

from . import jvm
from .options import JMX_PASSWORD, JMX_PORT, JMX_USER

if TYPE_CHECKING:
    from .node import Node

_TIMEOUT = 400.0  # seconds

_LOGBACK = """<configuration>
  <appender name="ERR" class="ch.qos.logback.core.ConsoleAppender">
    <target>System.err</target><encoder><pattern>%level %msg%n</pattern></encoder>
  </appender>
  <root level="ERROR"><appender-ref ref="ERR"/></root>
</configuration>
"""


def nodetool(node: "Node", *words: str) -> str:
    """
    Its standard output; raises RuntimeError with its words when it fails. A second or two. Not for 3.11, whose
    NodeTool does not run on Java 11.
    """
    if node.server.version.is_3:
        raise RuntimeError("the nodetool of Cassandra 3 does not run on the Java of the lab; use node.jmx_invoke")
    logback = node.folder / "conf" / "logback-nodetool.xml"
    logback.write_text(_LOGBACK)
    options = [f"-Dlogback.configurationFile={jvm.file_url(logback)}", f"-Duser.home={node.folder}"]
    login: list[str] = []
    if node.options.jmx_auth:
        login = ["-u", JMX_USER, "-pw", JMX_PASSWORD]
    if node.options.jmx_tls:
        options += ["-Dssl.enable=true", *node.key_store.tls_options()]
    connection = ["-h", node.address, "-p", str(JMX_PORT), *login]
    command = jvm.tool_command(
        node.server, options, "org.apache.cassandra.tools.NodeTool", [*connection, *words]
    )
    done = subprocess.run(
        jvm.bound_to_parent(command), capture_output=True, text=True, timeout=_TIMEOUT, cwd=node.folder
    )
    if done.returncode != 0:
        raise RuntimeError(f"nodetool {' '.join(words)} on {node} failed: {done.stdout}{done.stderr}")
    return done.stdout
