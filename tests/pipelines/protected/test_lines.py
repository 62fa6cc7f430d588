"""A ledger that was changed says which line is the first that is not what was signed there."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipelines.errors import LedgerError
from pipelines.protected.lines import appended, verified
from pipelines.signing import canonical_line, public_half

Lines = list[bytes]


@pytest.fixture
def lines(vault: Any, people: Callable[..., Any]) -> Lines:
    vault.publish([*people(12), *people(12, "2020-02"), *people(9, "2020-03", "TWO")], "2020-03")
    found: Lines = vault.content.splitlines(keepends=True)
    assert len(found) > 5
    return found


def broken_at(content: bytes, **known: Any) -> tuple[str, object]:
    with pytest.raises(LedgerError) as error:
        verified(content, **known)
    return error.value.key, error.value.details["line"]


def test_a_ledger_that_nobody_touched_is_whole(lines: Lines) -> None:
    ledger = verified(b"".join(lines))
    assert len(ledger.entries) == len(lines) - 1


@pytest.mark.parametrize("line", [1, 3, 5])
def test_an_edited_line_is_named(lines: Lines, line: int) -> None:
    edited = [*lines]
    body = json.loads(edited[line - 1])
    body["entry"] |= {"n": 999} if "n" in body["entry"] else {"programme": "other"}
    edited[line - 1] = canonical_line(body)
    assert broken_at(b"".join(edited)) == ("ledger.broken", line)


@pytest.mark.parametrize("line", [1, 2, 4])
def test_where_a_line_was_dropped_the_next_one_is_named(lines: Lines, line: int) -> None:
    assert broken_at(b"".join(lines[: line - 1] + lines[line:])) == ("ledger.broken", line)


def test_where_two_lines_were_swapped_the_first_is_named(lines: Lines) -> None:
    assert broken_at(b"".join([*lines[:2], lines[3], lines[2], *lines[4:]])) == ("ledger.broken", 3)


def test_a_spelling_of_the_same_content_is_another_line(lines: Lines) -> None:
    assert broken_at(b"".join([*lines[:2], lines[2].replace(b":", b": ", 1), *lines[3:]])) == ("ledger.broken", 3)


def test_a_line_cut_in_its_middle_is_named(lines: Lines) -> None:
    assert broken_at(b"".join(lines)[:-10]) == ("ledger.broken", len(lines))


def test_missing_lines_at_the_end_are_found_by_a_known_length(lines: Lines) -> None:
    content = b"".join(lines)
    assert len(verified(b"".join(lines[:-2])).entries) == len(lines) - 3
    assert broken_at(b"".join(lines[:-2]), length=len(content)) == ("ledger.cut_off", len(lines) - 1)


def test_a_ledger_of_another_key_is_not_the_expected_one(lines: Lines) -> None:
    other = public_half(Ed25519PrivateKey.generate())
    assert broken_at(b"".join(lines), public_key=other) == ("ledger.broken", 1)


def test_lines_added_by_another_key_are_named(lines: Lines) -> None:
    ledger = verified(b"".join(lines))
    forged = appended(b"".join(lines), [ledger.entries[-1]], Ed25519PrivateKey.generate())
    assert broken_at(forged) == ("ledger.broken", len(lines) + 1)


@pytest.mark.parametrize("content", [b"[]\n", b"nothing\n", b"{}\n", b"\xff\n"])
def test_what_is_no_ledger_is_broken_at_its_first_line(content: bytes) -> None:
    assert broken_at(content) == ("ledger.broken", 1)
