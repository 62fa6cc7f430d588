"""A text file is read in the encoding that gives French words, and how sure that is is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.formats import charset
from pipelines.opened import Opened

LABELS = ["Œdème de l'œil", "Céphalée", "Fièvre", "Éruption généralisée", "Gêne à la déglutition", "PRURIT SÉVÈRE",
          "Reçu à l'hôpital", "Goût altéré"]  # fmt: skip
HEADER = "ae_id;case_id;patient_id;received_date;pt_label;soc_label;serious"


def effects(labels: list[str], end: str = "\n") -> str:
    rows = [f"A{n};K{n};P1;2026-10-15;{label};SKIN;0" for n, label in enumerate(labels)]
    return end.join([HEADER, *rows, ""])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso8859-15", "mac-roman"])
def test_labels_keep_their_accents(
    release: Callable[..., Opened], source: Callable[..., dict[str, Any]], encoding: str, end: str
) -> None:
    given = release(patients=[{}], files={"adverse_events.csv": effects(LABELS, end).encode(encoding)})
    assert list(given.query("select pt_label from core_adverse_events order by ae_id")["pt_label"]) == LABELS
    said = source(given, "adverse_events.csv")
    assert said["encoding"] == encoding
    assert said["confidence"]["encoding"] == "certain"


def test_the_accents_of_dos_are_read_too(release: Callable[..., Opened]) -> None:
    labels = ["Céphalée", "Fièvre", "Gêne à la déglutition"]
    given = release(patients=[{}], files={"adverse_events.csv": effects(labels).encode("cp850")})
    assert list(given.query("select pt_label from core_adverse_events order by ae_id")["pt_label"]) == labels


@pytest.mark.parametrize("text", ["l’œil", "« prurit »", "½ gélule", "37,5 °C", "120 µg", "10 €", "BMS™", "à suivre…"])
def test_typographic_signs_of_windows_are_no_accents_of_another_encoding(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode("cp1252"))
    guess = charset.guess(path)
    assert guess is not None
    assert path.read_bytes().decode(guess.encoding) == text


def test_a_reading_that_rests_on_little_is_only_likely(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("Ätna, Ångström".encode("cp1252"))
    guess = charset.guess(path)
    assert guess is not None
    assert (guess.encoding, guess.confidence, guess.n_characters) == ("cp1252", "likely", 3)


def test_bytes_of_no_known_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"\x81\x8d\x8f\x90\x9d")
    assert charset.guess(path) is None
