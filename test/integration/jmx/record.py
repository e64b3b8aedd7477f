#!/usr/bin/env python3
"""Writes down what goes over each JMX connection, for the transcripts that unit tests replay.

    record.py --to 127.0.0.1:7199 --out FILE -- COMMAND...

Listens on a free port of 127.0.0.1, runs COMMAND with HELENUS_TEST_JMX and HELENUS_TEST_JMX_RMI_PORT set to it,
passes everything on to the server, and writes FILE when COMMAND has ended.
"""

import argparse
import os
import selectors
import shlex
import socket
import subprocess
import sys
import threading


class Connection:
    def __init__(self):
        self.turns = []  # (direction, bytearray)
        self.lock = threading.Lock()

    def said(self, direction, data):
        with self.lock:
            if not self.turns or self.turns[-1][0] != direction:
                self.turns.append((direction, bytearray()))
            self.turns[-1][1].extend(data)


def relay(client, server, connection):
    selector = selectors.DefaultSelector()
    selector.register(client, selectors.EVENT_READ, (server, ">"))
    selector.register(server, selectors.EVENT_READ, (client, "<"))
    while True:
        for key, _ in selector.select():
            other, direction = key.data
            try:
                data = key.fileobj.recv(65536)
            except OSError:
                data = b""
            if not data:
                client.close()
                server.close()
                return
            connection.said(direction, data)
            other.sendall(data)


def accept(listener, target, connections):
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        connections.append(Connection())
        server = socket.create_connection(target)
        threading.Thread(target=relay, args=(client, server, connections[-1]), daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--out", required=True, metavar="FILE")
    parser.add_argument("--note", default="", help="a line about the server, for the head of FILE")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    host, port = arguments.to.rsplit(":", 1)
    listener = socket.create_server(("127.0.0.1", 0))
    connections = []
    threading.Thread(target=accept, args=(listener, (host, int(port)), connections), daemon=True).start()
    own_port = listener.getsockname()[1]
    ended = subprocess.run(
        arguments.command,
        env=os.environ
        | {"HELENUS_TEST_JMX": f"127.0.0.1:{own_port}", "HELENUS_TEST_JMX_RMI_PORT": str(own_port)},
    )
    with open(arguments.out, "w", encoding="ascii") as out:
        print(f"# {arguments.note}", file=out)
        print(f"# record.py ... -- {shlex.join(os.path.basename(word) for word in arguments.command)}", file=out)
        for connection in connections:
            print("connection", file=out)
            for direction, data in connection.turns:
                print(direction, data.hex(), file=out)
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
