"""Wrong words on the command line: each ends with 64 and a sentence, and nothing is begun."""

import json
import os

import pytest
from programs import Helenus

NOBODY = "127.0.0.1"  # no JMX there: what gets as far as a connection ends with 2

SHARE = "a number above 0 and at most 1 is accepted"
SEGMENTS = "a whole number from 1 to 1000 is accepted"
PORT = "a whole number from 1 to 65535 is accepted"
TEXT = "not UTF-8"


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        *[("--intensity", value, SHARE) for value in ("0", "-0.5", "1.5", "1e300", "nan", "-nan", "inf", "", "half")],
        *[("--segments-per-node", value, SEGMENTS) for value in ("0", "-5", "1001", "9" * 30, "1.5", "0x10", "")],
        *[("--jmx-port", value, PORT) for value in ("0", "-1", "65536", "9" * 30, "http", "")],
        *[(option, b"sh\xffop", TEXT) for option in ("--keyspace", "--table", "--datacenter", "--state", "--username")],
        ("--keyspace", "", "empty"),
        ("--table", "", "empty"),
        ("--parallelism", "SIDEWAYS", "SIDEWAYS"),
        ("--no-such-option", "x", "--no-such-option"),
    ],
)
def test_wrong_usage_is_named(helenus: Helenus, option: str, value: str | bytes, sentence: str) -> None:
    words = [] if option == "--keyspace" else ["--keyspace", "shop"]
    done = helenus.run("repair", NOBODY, *words, option, os.fsdecode(value), "--json").expect(64)
    assert option in done.errors and sentence in done.errors, done.errors
    assert not done.output


@pytest.mark.parametrize("value", ["1", "1.0", "0.5", "0.001"])
def test_every_share_of_time_is_accepted(helenus: Helenus, value: str) -> None:
    done = helenus.run("repair", NOBODY, "--jmx-port", "1", "--intensity", value, "--json").expect(2)
    assert json.loads(done.output)["event"] == "failed"


def test_a_seed_that_is_no_text_is_wrong_usage(helenus: Helenus) -> None:
    done = helenus.run("repair", os.fsdecode(b"10.0.0.\xff"), "--json").expect(64)
    assert "SEED" in done.errors and TEXT in done.errors
    assert not done.output


def test_help_and_version_are_no_mistakes(helenus: Helenus) -> None:
    for words in (["--help"], ["--version"], ["serve", "--help"], ["repair", "--help"]):
        assert helenus.run(*words).expect(0).output
    assert helenus.run().expect(64).errors
