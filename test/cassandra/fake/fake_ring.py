"""A ring of any size as CQL drivers see it: the native protocol v4 with as much of system.local and system.peers as a
driver asks for. Every node is this one server, which listens on the loopback addresses of all of them. On standard input it is
told `stop dc1` and `start dc1`: all nodes of a data center go away and come back; after `hang dc1` they answer nothing."""

import argparse
import asyncio
import hashlib
import ipaddress
import re
import socket
import struct
import sys
import uuid

_OPTIONS, _STARTUP, _QUERY, _PREPARE, _EXECUTE, _REGISTER = 0x05, 0x01, 0x07, 0x09, 0x0A, 0x0B
_READY, _SUPPORTED, _RESULT, _ERROR = 0x02, 0x06, 0x08, 0x00
_TEXT, _UUID, _INET, _TEXTS = b"\x00\x0d", b"\x00\x0c", b"\x00\x10", b"\x00\x22\x00\x0d"
_TYPES = {"host_id": _UUID, "schema_version": _UUID, "rpc_address": _INET, "tokens": _TEXTS}
_SCHEMA, _OTHER_SCHEMA = uuid.UUID(int=7).bytes, uuid.UUID(int=8).bytes


def _short(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


def _bytes(value: bytes) -> bytes:
    return struct.pack(">i", len(value)) + value


class Ring:
    """Node i is reached at NETWORK.x.y; its peers know it by the same numbers in the network that is advertised."""

    def __init__(self, nodes: int, tokens: int, network: str, advertised: str, datacenters: int, apart: int):
        self.prepared: dict[bytes, str] = {}
        step = 2**64 // (nodes * tokens)
        places = [f"{node // 250}.{node % 250 + 1}" for node in range(nodes)]
        self.rows = [
            {
                "host_id": uuid.UUID(int=node + 1).bytes,
                "reached": ipaddress.ip_address(f"{network}.{places[node]}").packed,
                "rpc_address": ipaddress.ip_address(f"{advertised}.{places[node]}").packed,
                "data_center": b"dc%d" % (node % datacenters + 1),
                "rack": b"rack1",
                "cluster_name": b"fake",
                "schema_version": _SCHEMA if node < nodes - apart else _OTHER_SCHEMA,
                "key": b"local",
                "tokens": struct.pack(">i", tokens)
                + b"".join(_bytes(str(-(2**63) + (k * nodes + node) * step).encode()) for k in range(tokens)),
            }
            for node in range(nodes)
        ]

    def answer(self, statement: str, own: bytes) -> bytes:
        """The rows of a SELECT, as a RESULT of kind Rows."""
        columns = self.columns(statement)
        local = "system.local" in statement
        rows = [row for row in self.rows if (row["reached"] == own) == local]
        return struct.pack(">i", 2) + self.metadata(columns, statement) + struct.pack(">i", len(rows)) + b"".join(
            _bytes(row[name]) for row in rows for name in columns
        )

    def columns(self, statement: str) -> list[str]:
        found = re.match(r"(?i)select (.*) from system\.", statement)
        return [name.strip() for name in found[1].split(",")] if found else []

    def metadata(self, columns: list[str], statement: str) -> bytes:
        table = "local" if "system.local" in statement else "peers"
        return struct.pack(">ii", 1, len(columns)) + _short("system") + _short(table) + b"".join(
            _short(name) + _TYPES.get(name, _TEXT) for name in columns
        )


class Connection:
    def __init__(self, ring: Ring, own: bytes):
        self._ring = ring
        self._own = own

    def reply(self, opcode: int, body: bytes) -> tuple[int, bytes]:
        if opcode == _OPTIONS:
            return _SUPPORTED, struct.pack(">H", 1) + _short("CQL_VERSION") + struct.pack(">H", 1) + _short("3.4.7")
        if opcode in (_STARTUP, _REGISTER):
            return _READY, b""
        if opcode == _EXECUTE:
            size = struct.unpack_from(">H", body)[0]
            return _RESULT, self._ring.answer(self._ring.prepared[body[2 : 2 + size]], self._own)
        if opcode in (_QUERY, _PREPARE):
            size = struct.unpack_from(">i", body)[0]
            statement = body[4 : 4 + size].decode()
            if statement.startswith("CREATE KEYSPACE "):
                change = _short("CREATED") + _short("KEYSPACE") + _short(statement.split()[2])
                return _RESULT, struct.pack(">i", 5) + change
            if not self._ring.columns(statement):
                return _ERROR, struct.pack(">i", 0x2200) + _short(f"not known here: {statement}")
            if opcode == _QUERY:
                return _RESULT, self._ring.answer(statement, self._own)
            number = hashlib.sha256(statement.encode()).digest()[:16]
            self._ring.prepared[number] = statement
            no_places = struct.pack(">iii", 0, 0, 0)
            columns = self._ring.columns(statement)
            named = struct.pack(">i", 4) + struct.pack(">H", len(number)) + number
            return _RESULT, named + no_places + self._ring.metadata(columns, statement)
        return _ERROR, struct.pack(">i", 0x000A) + _short("not known here")


class Listeners:
    """The nodes of one data center: they can go away together, and come back."""

    def __init__(self, ring: Ring, addresses: list[str]):
        self._ring = ring
        self._addresses = addresses
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._hangs = False

    def hang(self) -> None:
        self._hangs = True

    async def start(self, port: int) -> None:
        self._server = await asyncio.start_server(self._talk, self._addresses, port)

    def stop(self) -> None:
        if self._server:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = ipaddress.ip_address(writer.get_extra_info("sockname")[0]).packed
        connection = Connection(self._ring, own)
        self._writers.add(writer)
        try:
            while True:
                _, _, stream, opcode, size = struct.unpack(">BBhBi", await reader.readexactly(9))
                kind, body = connection.reply(opcode, await reader.readexactly(size))
                if self._hangs:
                    continue
                writer.write(struct.pack(">BBhBi", 0x84, 0, stream, kind, len(body)) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        finally:
            self._writers.discard(writer)


def free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


async def serve(ring: Ring, port: int) -> None:
    datacenters: dict[str, Listeners] = {}
    for name in sorted({row["data_center"] for row in ring.rows}):
        addresses = [str(ipaddress.ip_address(row["reached"])) for row in ring.rows if row["data_center"] == name]
        datacenters[name.decode()] = Listeners(ring, addresses)
        port = port or free_port(addresses[0])
        await datacenters[name.decode()].start(port)
    print(port, flush=True)
    while command := await asyncio.to_thread(sys.stdin.readline):
        verb, name = command.split()
        if verb == "stop":
            datacenters[name].stop()
        elif verb == "hang":
            datacenters[name].hang()
        else:
            await datacenters[name].start(port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=500)
    parser.add_argument("--tokens", type=int, default=16)
    parser.add_argument("--network", default="127.77", help="the first two numbers of the nodes' addresses")
    parser.add_argument("--advertised", help="the same of the addresses that peers tell, if they are others")
    parser.add_argument("--datacenters", type=int, default=1, help="dealt out in turn, dc1 to the first node")
    parser.add_argument("--apart", type=int, default=0, help="how many, the last ones, have another schema")
    parser.add_argument("--port", type=int, default=0)
    wishes = parser.parse_args()
    advertised = wishes.advertised or wishes.network
    ring = Ring(wishes.nodes, wishes.tokens, wishes.network, advertised, wishes.datacenters, wishes.apart)
    asyncio.run(serve(ring, wishes.port))
