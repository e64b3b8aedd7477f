"""The programs that Debian has not, built from the Go modules in ../programs, each once for a content of its module."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lab.cache import Progress, build_once, silent

from .paths import E2E_FOLDER, cache_folder

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl")
_OLDEST_GO = (1, 24)
# Two compilers at once: each may take a gigabyte and a half.
_BUILD = ("go", "build", "-p", "2", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags")


@dataclass(frozen=True)
class Programs:
    components: Path  # a folder with one link for each of COMPONENTS
    helm: Path
    coredns: Path
    pause: Path

    def search_path(self) -> str:
        return f"{self.components}:{self.helm.parent}"


def build_programs(progress: Progress = silent) -> Programs:
    """Builds what is not in the cache: twelve minutes of a processor when nothing is, otherwise a tenth of a second."""
    kubernetes = _build("kubernetes", ".", _version_flags(), progress, COMPONENTS)
    return Programs(
        components=kubernetes,
        helm=_build("helm", "helm.sh/helm/v3/cmd/helm", "", progress) / "helm",
        coredns=_build("coredns", ".", "", progress) / "coredns",
        pause=_build("pause", ".", "", progress) / "pause",
    )


def _version_flags() -> str:
    """Without them every component says v0.0.0, which kubelet and API server judge each other by."""
    found = re.search(r"^\s*k8s.io/kubernetes (v(\d+)\.(\d+)\.\d+)", _module("kubernetes", "go.mod").read_text(), re.M)
    if not found:
        raise RuntimeError("test/e2e/programs/kubernetes/go.mod requires no k8s.io/kubernetes")
    values = {"gitVersion": found[1], "gitMajor": found[2], "gitMinor": found[3]}
    return " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in values.items())


def _build(name: str, package: str, flags: str, progress: Progress, links: tuple[str, ...] = ()) -> Path:
    """A folder with the program of that name, and links to it."""
    command = [*_BUILD, f"-s -w {flags}"]

    def compile_module(draft: Path) -> None:
        progress(f"building {name}, which the cache {cache_folder()} has not")
        check_go()
        draft.mkdir()
        environment = os.environ | {"CGO_ENABLED": "0", "GOMAXPROCS": "2", "GOWORK": "off"}
        target = [*command, "-o", str(draft / name), package]
        subprocess.run(target, cwd=_module(name), env=environment, check=True, stdout=sys.stderr)
        for link in links:
            (draft / link).symlink_to(name)

    return build_once(cache_folder() / f"{name}-{_digest(name, command, links)}", compile_module, progress)


def _digest(name: str, command: list[str], links: tuple[str, ...]) -> str:
    """Of all that the program is made from, but the compiler: any that can build it is as good."""
    facts = hashlib.sha256("\n".join([*command, *links, os.uname().machine]).encode())
    for file in ("go.mod", "go.sum", "main.go"):
        path = _module(name, file)
        facts.update(path.read_bytes() if path.exists() else b"")
    return facts.hexdigest()[:12]


def _module(name: str, file: str = "") -> Path:
    return E2E_FOLDER / "programs" / name / file


def check_go() -> None:
    """RuntimeError if there is no Go that could build them; Debian 12 has an older one."""
    oldest = ".".join(map(str, _OLDEST_GO))
    if not shutil.which("go"):
        raise RuntimeError(f"the lab builds Kubernetes with Go {oldest} or later, and there is no `go`")
    version = subprocess.run(["go", "env", "GOVERSION"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"go(\d+)\.(\d+)", version)
    if found and (int(found[1]), int(found[2])) < _OLDEST_GO:
        raise RuntimeError(f"the lab builds Kubernetes with Go {oldest} or later; this is {version.strip()}")
