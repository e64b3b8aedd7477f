"""The programs that Debian has not, built from the Go module in ../programs, once for a content of it."""

import hashlib
import json
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
_MODULE = E2E_FOLDER / "programs"
_OPERATOR = "github.com/k8ssandra/cass-operator"
# Each by its package; the name of a program is the last part of it, but for `cmd`.
_PACKAGES = ("./kubernetes", "./coredns", "./pause", "./reconcile", "helm.sh/helm/v3/cmd/helm", f"{_OPERATOR}/cmd")
_RESOURCES = "resources.yaml"
# No program of it is needed, so no go.mod names it: its sum is checked here.
_MONITORING = "github.com/prometheus-operator/prometheus-operator@v0.82.2"
_MONITORING_SUM = "h1:qalPLM8wkvCtu9aHcoSKGDpCZR3aWRMKeHev5WomTBQ="
_MONITORS = ("podmonitors", "servicemonitors")
_OLDEST_GO = (1, 25)
# Two compilers at once: each may take a gigabyte and a half.
_BUILD = ("go", "build", "-p", "2", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags")


@dataclass(frozen=True)
class Programs:
    folder: Path  # with one link for each of COMPONENTS

    def search_path(self) -> str:
        return str(self.folder)

    @property
    def helm(self) -> Path:
        return self.folder / "helm"

    @property
    def kubectl(self) -> Path:
        return self.folder / "kubectl"

    @property
    def coredns(self) -> Path:
        return self.folder / "coredns"

    @property
    def pause(self) -> Path:
        return self.folder / "pause"

    @property
    def cass_operator(self) -> Path:
        return self.folder / "cass-operator"

    @property
    def reconcile(self) -> Path:
        """The calls of k8ssandra-operator."""
        return self.folder / "reconcile"

    @property
    def operator_resources(self) -> Path:
        """What cass-operator and the monitors of Prometheus add to the API, for `kubectl apply`."""
        return self.folder / _RESOURCES


def build_programs(progress: Progress = silent) -> Programs:
    """
    Builds them if the cache has not got them: eleven minutes of a processor. In one go, since they share most of what
    has to be compiled.
    """
    command = [*_BUILD, f"-s -w {_version_flags()}"]

    def build(draft: Path) -> None:
        progress(f"building Kubernetes and others, which the cache {cache_folder()} has not")
        check_go()
        draft.mkdir()
        _go(*command[1:], "-o", f"{draft}/", *_PACKAGES)
        (draft / "cmd").rename(draft / "cass-operator")
        for component in COMPONENTS:
            (draft / component).symlink_to("kubernetes")
        module = Path(_go("list", "-m", "-f", "{{.Dir}}", _OPERATOR).strip())
        render = [str(draft / "kubectl"), "kustomize", str(module / "config" / "crd")]
        with open(draft / _RESOURCES, "wb") as resources:
            subprocess.run(render, check=True, stdout=resources, stderr=sys.stderr)
            for name in _MONITORS:
                definition = _monitoring() / "example" / "prometheus-operator-crd" / f"monitoring.coreos.com_{name}.yaml"
                resources.write(b"---\n" + definition.read_bytes())

    return Programs(build_once(cache_folder() / f"programs-{_digest(command)}", build, progress))


def _go(*words: str) -> str:
    """What it says."""
    # A compiler that frees less often takes a fifth less of a processor, and 0.8 GiB for the largest package instead of 0.5.
    environment = os.environ | {"CGO_ENABLED": "0", "GOMAXPROCS": "2", "GOWORK": "off", "GOGC": "400"}
    done = subprocess.run(
        ["go", *words], cwd=_MODULE, env=environment, check=True, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
    )
    return done.stdout


def _monitoring() -> Path:
    """The folder of its module."""
    module = json.loads(_go("mod", "download", "-json", _MONITORING))
    if module["Sum"] != _MONITORING_SUM:
        raise RuntimeError(f"{_MONITORING} has the sum {module['Sum']} and must have {_MONITORING_SUM}")
    return Path(module["Dir"])


def _version_flags() -> str:
    """Without them every component says v0.0.0, which kubelet and API server judge each other by."""
    found = re.search(r"^\s*k8s.io/kubernetes (v(\d+)\.(\d+)\.\d+)", (_MODULE / "go.mod").read_text(), re.M)
    if not found:
        raise RuntimeError("test/e2e/programs/go.mod requires no k8s.io/kubernetes")
    values = {"gitVersion": found[1], "gitMajor": found[2], "gitMinor": found[3]}
    return " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in values.items())


def _digest(command: list[str]) -> str:
    """Of all that the programs are made from, but the compiler: any that can build them is as good."""
    facts = hashlib.sha256("\n".join([*command, *_PACKAGES, *COMPONENTS, _RESOURCES, _MONITORING, *_MONITORS, os.uname().machine]).encode())
    for path in (_MODULE / "go.mod", _MODULE / "go.sum", *sorted(_MODULE.glob("*/*.go"))):
        facts.update(path.read_bytes())
    return facts.hexdigest()[:12]


def check_go() -> None:
    """RuntimeError if there is no Go that could build them; Debian 12 has an older one."""
    oldest = ".".join(map(str, _OLDEST_GO))
    if not shutil.which("go"):
        raise RuntimeError(f"the lab builds Kubernetes with Go {oldest} or later, and there is no `go`")
    version = subprocess.run(["go", "env", "GOVERSION"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"go(\d+)\.(\d+)", version)
    if found and (int(found[1]), int(found[2])) < _OLDEST_GO:
        raise RuntimeError(f"the lab builds Kubernetes with Go {oldest} or later; this is {version.strip()}")
