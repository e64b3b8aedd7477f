"""The Cassandra releases that the lab knows, and what differs between them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    release: str
    javas: tuple[int, ...]  # the Java majors that run it, the preferred one first
    # Before 4.1 a setting carries its unit in its name: `read_request_timeout_in_ms: 10000`.
    units_in_names: bool = False
    # jamm 0.3.2 cannot guess sizes on Java 17; loaded as an agent it need not guess.
    jamm_agent: bool = False

    @property
    def line(self) -> str:
        """`5.0` of `5.0.9`: the profile in pom.xml."""
        return ".".join(self.release.split("-")[0].split(".")[:2])

    @property
    def is_3(self) -> bool:
        return self.line.startswith("3.")


VERSIONS = (
    Version("5.0.9", javas=(17, 11)),
    Version("4.1.10", javas=(17, 11), jamm_agent=True),
    Version("4.0.19", javas=(17, 11), units_in_names=True, jamm_agent=True),
    Version("3.11.19", javas=(11,), units_in_names=True),
    Version("6.0-alpha2", javas=(17, 21)),
)

DEFAULT_VERSION = "5.0.9"


def find_version(name: str) -> Version:
    """A version by its release (`5.0.9`) or its line (`5.0`)."""
    for version in VERSIONS:
        if name in (version.release, version.line):
            return version
    known = ", ".join(version.release for version in VERSIONS)
    raise ValueError(f"Cassandra {name} is not in the lab; it knows {known}")
