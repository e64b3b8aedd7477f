#!/usr/bin/env python3
"""Builds the container image as an OCI archive, without Docker and without being root: a program, the shared libraries
that it names, CA certificates and time zones. The same inputs give the same bytes (docs/adr/0041-image.md)."""

import argparse
import gzip
import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
USER = 1001  # of Reaper's image; any other works too
PROGRAM = "usr/local/bin/helenus"
# Those of the package, not those that somebody added to this machine.
AUTHORITIES = pathlib.Path("/usr/share/ca-certificates/mozilla")
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
ZONES = pathlib.Path("/usr/share/zoneinfo")
# The volumes of Reaper's image. Group 0 may write there: platforms that choose a user choose that group.
FOLDERS = ("var/lib/cassandra-reaper/storage", "etc/cassandra-reaper/config")
TEXTS = {
    # The resolver of glibc asks /etc/hosts and then DNS without a library of its own.
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "etc/passwd": f"root:x:0:0:root:/:/none\nhelenus:x:{USER}:{USER}:helenus:/:/none\n",
    "etc/group": f"root:x:0:\nhelenus:x:{USER}:\n",
}
MACHINES = {62: "amd64", 183: "arm64"}  # of ELF


def shared_libraries(program):
    """The files that the loader would map, and the loader itself."""
    listing = subprocess.run(["ldd", str(program)], check=True, capture_output=True, text=True).stdout
    if "not found" in listing:
        raise SystemExit(f"image: {program} needs libraries that are not here:\n{listing}")
    return [pathlib.Path(path) for path in re.findall(r"(/\S+) \(0x", listing)]


def architecture_of(program):
    machine = int.from_bytes(program.read_bytes()[18:20], "little")
    if machine not in MACHINES:
        raise SystemExit(f"image: {program} is for a machine that is not known (ELF {machine})")
    return MACHINES[machine]


class Layer:
    """A tar archive whose bytes depend on nothing but what is in it."""

    def __init__(self):
        self._bytes = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._bytes, mode="w", format=tarfile.PAX_FORMAT)
        self._folders = set()

    def _add(self, path, content=None, **attributes):
        member = tarfile.TarInfo(path)
        for name, value in attributes.items():
            setattr(member, name, value)
        if content is not None:
            member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content) if content is not None else None)

    def folder(self, path, mode=0o755):
        parent = str(pathlib.PurePosixPath(path).parent)
        if parent != ".":
            self.folder(parent)
        if path not in self._folders:
            self._folders.add(path)
            self._add(path, type=tarfile.DIRTYPE, mode=mode)

    def file(self, path, content, mode=0o644):
        self.folder(str(pathlib.PurePosixPath(path).parent))
        self._add(path, content, mode=mode)

    def link(self, path, target):
        self.folder(str(pathlib.PurePosixPath(path).parent))
        self._add(path, type=tarfile.SYMTYPE, linkname=target)

    def finish(self):
        self._tar.close()
        return self._bytes.getvalue()


def base_layer(program):
    """What changes rarely."""
    layer = Layer()
    for library in sorted(shared_libraries(program)):
        layer.file(str(library).lstrip("/"), library.read_bytes(), 0o755)
    layer.file(CERTIFICATES, b"".join(one.read_bytes() for one in sorted(AUTHORITIES.glob("*.crt"))))
    written = {}
    for zone in sorted(ZONES.rglob("*")):
        name = zone.relative_to(ZONES)
        if not zone.is_file() or name.parts[0] in ("posix", "right") or not zone.read_bytes().startswith(b"TZif"):
            continue
        content = zone.read_bytes()
        path = str(zone).lstrip("/")
        if content in written:  # many names, few zones
            layer.link(path, "/" + written[content])
        else:
            written[content] = path
            layer.file(path, content)
    for path, text in sorted(TEXTS.items()):
        layer.file(path, text.encode())
    for path in FOLDERS:
        layer.folder(path, 0o775)
    layer.folder("tmp", 0o1777)
    return layer.finish()


def program_layer(program):
    layer = Layer()
    layer.file(PROGRAM, program.read_bytes(), 0o755)
    return layer.finish()


class Archive:
    """An OCI image layout in a tar archive."""

    def __init__(self, path):
        self._tar = tarfile.open(path, "w", format=tarfile.PAX_FORMAT)

    def put(self, path, content):
        member = tarfile.TarInfo(path)
        member.size = len(content)
        member.mode = 0o644
        self._tar.addfile(member, io.BytesIO(content))

    def blob(self, media_type, content):
        """Its descriptor."""
        digest = hashlib.sha256(content).hexdigest()
        self.put(f"blobs/sha256/{digest}", content)
        return {"mediaType": f"application/vnd.oci.image.{media_type}", "digest": f"sha256:{digest}", "size": len(content)}

    def close(self):
        self._tar.close()


def to_json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def write(output, name, architecture, layers, config, level=9):
    """Writes an image of these layers as an OCI archive; the number of bytes that a registry would transfer."""
    version = name.rpartition(":")[2]
    description = {
        "architecture": architecture,
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest() for layer in layers]},
    }
    archive = Archive(output)
    archive.put("oci-layout", to_json({"imageLayoutVersion": "1.0.0"}))
    packed = [archive.blob("layer.v1.tar+gzip", gzip.compress(layer, level, mtime=0)) for layer in layers]
    described = archive.blob("config.v1+json", to_json(description))
    manifest = to_json({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                        "config": described, "layers": packed})  # fmt: skip
    entry = archive.blob("manifest.v1+json", manifest)
    entry["annotations"] = {"org.opencontainers.image.ref.name": version, "io.containerd.image.name": name}
    entry["platform"] = {"architecture": architecture, "os": "linux"}
    archive.put("index.json", to_json({"schemaVersion": 2, "manifests": [entry]}))
    archive.close()
    return sum(blob["size"] for blob in (*packed, described, entry))


def build(program, output, name, level=9, variables=()):
    """The image of Helenus; the number of bytes that a registry would transfer. `variables`: NAME=VALUE, of tests."""
    config = {
        "User": f"{USER}:0",
        "Entrypoint": ["/" + PROGRAM],
        "Cmd": ["cassandra-reaper"],
        "Env": ["PATH=/usr/local/bin", *variables],
        "ExposedPorts": {"8080/tcp": {}, "8081/tcp": {}},
        "Labels": {
            "org.opencontainers.image.title": "helenus",
            "org.opencontainers.image.version": name.rpartition(":")[2],
        },
    }
    layers = [base_layer(program), program_layer(program)]
    return write(output, name, architecture_of(program), layers, config, level)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=pathlib.Path, help="the binary of a release")
    parser.add_argument("output", type=pathlib.Path, help="the archive to write")
    parser.add_argument("--name", default="localhost/helenus:latest", help="default: %(default)s")
    given = parser.parse_args()
    size = build(given.program, given.output, given.name)
    print(f"{given.output}: {given.name}, {size / 1e6:.1f} MB compressed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
