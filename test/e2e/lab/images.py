"""Container images without Docker: OCI archives, as tools/image.py writes them, in the cache by what is in them."""

import hashlib
import json
import sys
from pathlib import Path

from lab.cache import Progress, build_once, silent

from .addons import DNS_IMAGE
from .paths import REPOSITORY, cache_folder
from .programs import Programs
from .settings import PAUSE_IMAGE

sys.path.insert(0, str(REPOSITORY / "tools"))
import image  # noqa: E402

OPERATOR_IMAGE = "localhost/cass-operator:lab"


def of_cluster(programs: Programs, progress: Progress = silent) -> list[Path]:
    """The archives of what every lab runs in pods."""
    return [_of_program(PAUSE_IMAGE, programs.pause, progress), _of_program(DNS_IMAGE, programs.coredns, progress)]


def of_operator(programs: Programs, progress: Progress = silent) -> Path:
    """cass-operator, for those tests that want it."""
    return _of_program(OPERATOR_IMAGE, programs.cass_operator, progress)


def of_helenus(program: Path, name: str, archive: Path) -> Path:
    """What `./dev image NAME` would write of this program; not in the cache, as every build is another one."""
    # A build with sanitizers keeps what is freed, up to 256 MiB: all that a pod may have. Others do not read it.
    image.build(program, archive, name, level=1, variables=["ASAN_OPTIONS=quarantine_size_mb=16"])
    return archive


def _of_program(name: str, program: Path, progress: Progress) -> Path:
    """An image of nothing but a program that needs no library."""
    path = f"usr/local/bin/{program.name}"

    def write(draft: Path) -> None:
        progress(f"making the image {name}")
        layer = image.Layer()
        layer.file(path, program.read_bytes(), 0o755)
        layer.folder("tmp", 0o1777)
        config = {"Entrypoint": [f"/{path}"], "User": "1000:1000"}
        image.write(draft, name, image.architecture_of(program), [layer.finish()], config, level=1)

    digest = digest_of(name, str(program).encode(), _RECIPE)
    return build_once(cache_folder() / f"image-{digest}.tar", write, progress)


_RECIPE = Path(image.__file__).read_bytes() + Path(__file__).read_bytes()


def digest_of(name: str, *content: bytes) -> str:
    """The name of an archive in the cache: the same for the same content."""
    digest = hashlib.sha256(name.encode())
    for one in content:
        digest.update(one)
    return f"{name.rpartition('/')[2].replace(':', '-')}-{digest.hexdigest()[:12]}"
