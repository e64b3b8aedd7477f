"""The configuration of each component. JSON is YAML, and Python's standard library writes it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NODE = "node0"
ADDRESS = "10.99.0.1"  # of the node; kubelet refuses loopback
API_SERVER = f"https://{ADDRESS}:6443"
SERVICES, DNS_ADDRESS = "10.96.0.0/24", "10.96.0.10"
PODS, PODS_OF_NODE = "10.244.0.0/16", "10.244.77.0/24"
CONTAINERD = "/run/containerd/containerd.sock"  # where `ctr` looks for it
PAUSE_IMAGE = "localhost/pause:lab"
TOKEN = "lab-admin"  # nobody but this machine's root can reach the API server


@dataclass(frozen=True)
class Files:
    """All that a lab keeps, below one folder."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def certificate(self) -> Path:
        """Of the API server, which makes it at its first start, with its own authority in it."""
        return self.folder / "pki" / "api" / "apiserver.crt"

    @property
    def ready(self) -> Path:
        return self.folder / "ready"

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"


def write(files: Files, cgroup: str) -> None:
    """Every file that the components read."""
    for folder in ("cni", "pki", "logs", "etcd", "kubelet", "containerd"):
        (files.folder / folder).mkdir(parents=True, exist_ok=True)
    (files.folder / "cni" / "10-lab.conflist").write_text(json.dumps(_network()))
    (files.folder / "containerd.toml").write_text(_containerd(files))
    (files.folder / "pki" / "tokens.csv").write_text(f'{TOKEN},admin,1,"system:masters"\n')
    files.kubeconfig.write_text(json.dumps(_kubeconfig(files)))
    (files.folder / "kube-proxy.yaml").write_text(json.dumps(_kube_proxy(files)))
    (files.folder / "kubelet.yaml").write_text(json.dumps(_kubelet(files, cgroup)))


def commands(files: Files) -> dict[str, list[str]]:
    """The components in the order of their start, each with its arguments."""
    pki, config = files.folder / "pki", f"--kubeconfig={files.kubeconfig}"
    return {
        "containerd": ["containerd", "-c", str(files.folder / "containerd.toml")],
        "etcd": ["etcd", f"--data-dir={files.folder / 'etcd'}", "--unsafe-no-fsync"],
        "kube-apiserver": [
            "kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", f"--bind-address={ADDRESS}",
            f"--advertise-address={ADDRESS}", "--secure-port=6443", f"--cert-dir={files.certificate.parent}",
            f"--token-auth-file={pki / 'tokens.csv'}", "--authorization-mode=Node,RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={pki / 'accounts.pub'}",
            f"--service-account-signing-key-file={pki / 'accounts.key'}",
            f"--service-cluster-ip-range={SERVICES}", "--allow-privileged=true",
            "--kubelet-preferred-address-types=InternalIP",
        ],
        "kube-controller-manager": [
            "kube-controller-manager", config, f"--service-account-private-key-file={pki / 'accounts.key'}",
            f"--root-ca-file={files.certificate}", "--leader-elect=false", "--controllers=*,-nodeipam",
        ],
        "kube-scheduler": ["kube-scheduler", config, "--leader-elect=false"],
        "kube-proxy": ["kube-proxy", f"--config={files.folder / 'kube-proxy.yaml'}"],
        "kubelet": [
            "kubelet", f"--config={files.folder / 'kubelet.yaml'}", config, f"--root-dir={files.folder / 'kubelet'}",
            f"--hostname-override={NODE}", f"--node-ip={ADDRESS}", f"--cert-dir={pki / 'kubelet'}", "-v=2",
        ],
    }  # fmt: skip


def _network() -> dict[str, Any]:
    """Of pods: a bridge whose only way out is to the node. No pod reaches anything outside of the lab."""
    ipam = {
        "type": "host-local",
        "dataDir": "/run/ipam",
        "ranges": [[{"subnet": PODS_OF_NODE}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {"type": "bridge", "bridge": "pods0", "isGateway": True, "hairpinMode": True, "ipam": ipam}
    return {"cniVersion": "0.4.0", "name": "lab", "plugins": [bridge]}


def _containerd(files: Files) -> str:
    return f"""version = 2
root = "{files.folder / "containerd"}"
state = "/run/containerd/state"
[grpc]
  address = "{CONTAINERD}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{files.folder / "cni"}"
"""


def _kubeconfig(files: Files) -> dict[str, Any]:
    cluster = {"server": API_SERVER, "certificate-authority": str(files.certificate)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": TOKEN}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "admin"}}],
        "current-context": "lab",
    }


def _kube_proxy(files: Files) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": str(files.kubeconfig)},
        "clusterCIDR": PODS,
        "hostnameOverride": NODE,
        # They are of the whole machine, which is not the lab's.
        "conntrack": {"maxPerCore": 0, "min": 0},
    }


def _kubelet(files: Files, cgroup: str) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": f"unix://{CONTAINERD}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup}",
        "cgroupsPerQOS": True,
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        "failCgroupV1": False,
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "address": ADDRESS,
        # A full disk of the machine is not a matter of these pods.
        "evictionHard": {},
        "imageGCHighThresholdPercent": 100,
        "podLogsDir": str(files.folder / "pods"),
        "resolvConf": "",
        "clusterDNS": [DNS_ADDRESS],
        "clusterDomain": "cluster.local",
    }
