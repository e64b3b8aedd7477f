"""The command line of the lab: `./dev lab`."""

import argparse
import os
import sys
from pathlib import Path

from .machine import Machine
from .paths import DEFAULT_LAB
from .programs import build_programs

_DESCRIPTION = """\
A real Kubernetes of one node on this machine, without Docker: API server, scheduler, controllers, kubelet, containerd,
kube-proxy, CoreDNS. It lives in namespaces of its own, on a network that leads nowhere.

  ./dev lab up                                     until `./dev lab down`
  ./dev lab sh                                     a shell inside, with kubectl and helm
  ./dev lab sh kubectl get pods -A                 one command inside
  ./dev lab sh ctr -n k8s.io images import build/helenus-image.tar
  ./dev lab down
  ./dev lab build                                  only what `up` needs: Kubernetes and others, from Go modules
"""

_EPILOG = """\
What is built is kept in $HELENUS_KUBERNETES_CACHE (default ~/.cache/helenus/kubernetes). Logs of the lab are in
build/e2e/lab/logs.
"""


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return int(arguments.command(arguments))
    except KeyboardInterrupt:
        return 130
    except (RuntimeError, TimeoutError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev lab", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=DEFAULT_LAB, help="another lab than the one in build/e2e/lab")
    commands = parser.add_subparsers(required=True, metavar="build | up | down | sh")
    commands.add_parser("build", help="build and cache the programs").set_defaults(command=_build)
    commands.add_parser("up", help="start Kubernetes").set_defaults(command=_up)
    commands.add_parser("down", help="end it and everything that runs in it").set_defaults(command=_down)
    shell = commands.add_parser("sh", help="a shell or a command inside")
    shell.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND")
    shell.set_defaults(command=_shell)
    return parser


def _build(_: argparse.Namespace) -> int:
    programs = build_programs(_say)
    _say(f"Kubernetes and others are in {programs.folder}")
    return 0


def _up(arguments: argparse.Namespace) -> int:
    Machine(arguments.folder.resolve(), _say).start(detached=True)
    return 0


def _down(arguments: argparse.Namespace) -> int:
    Machine(arguments.folder.resolve(), _say).stop()
    return 0


def _shell(arguments: argparse.Namespace) -> int:
    command = Machine(arguments.folder.resolve(), _say).command(arguments.words or ["bash", "--norc"])
    os.execvp(command[0], command)


def _say(text: str) -> None:
    print(f"lab: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
