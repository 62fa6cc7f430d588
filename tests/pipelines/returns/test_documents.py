"""What a return's files say to a reader: the measure's figures, in an accessible PDF, a workbook and a CSV."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from fastexcel import read_excel
from pypdf import PdfReader

from data_schemas.programme import load
from pipelines.measure import measure
from pipelines.opened import Opened
from pipelines.returns import documents, packs
from pipelines.returns.documents import LANGUAGES
from pipelines.returns.documents.content import words
from pipelines.returns.packs import Pack
from pipelines.selection import Selection
from pipelines.store import Store


@pytest.fixture
def pack(october: Store) -> Pack:
    return packs.pack(october, "2026-10-v1")


def opened_pdf(pack: Pack, language: str) -> PdfReader:
    return PdfReader(io.BytesIO(pack.contents[f"{pack.name}.{language}.pdf"]))


def text_of(pack: Pack, language: str) -> str:
    """The words of the PDF, every kind of space and line end as one space."""
    return " ".join(" ".join(page.extract_text() for page in opened_pdf(pack, language).pages).split())


def counted(store: Store) -> dict[tuple[str, str], int]:
    release = store.current()
    assert release
    opened = Opened(release)
    frame = measure(opened, "new_patients", Selection(), ("month", "indication_code")).frame
    opened.close()
    return {(row["month"], row["indication_code"]): int(row["n_patients"]) for row in frame.to_dict("records")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_has_a_title_a_language_and_its_own_fonts(pack: Pack, language: str) -> None:
    document = opened_pdf(pack, language)
    root = document.root_object
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == language
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert b"<pdfuaid:part>1" in root["/Metadata"].get_data()
    title = load("thalidomide").monthly_return.title.in_language(language)
    assert document.metadata.title.startswith(title)
    kinds = Counter(_kinds(root["/StructTreeRoot"]))
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure", "/P"} <= set(kinds)
    fonts = [font.get_object() for page in document.pages for font in page["/Resources"]["/Font"].values()]
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def _kinds(element: object) -> list[str]:
    found = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(found, list):
        return [kind for each in found for kind in _kinds(each)]
    if not isinstance(found, dict):
        return []
    return [str(found.get("/S")), *_kinds(found.get("/K"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_the_figure_of_the_measure_its_reasons_and_who_signed(
    pack: Pack, october: Store, language: str
) -> None:
    said, to = text_of(pack, language), language
    figures = counted(october)
    month = sum(n for (each, _), n in figures.items() if each == "2026-10")
    assert pack.statement.figure == month == 1
    assert ("1 patient nouvellement traité en octobre 2026" if to == "fr" else
            "1 newly treated patient in October 2026") in said  # fmt: skip
    labels = {each.code: each.label.in_language(language) for each in load("thalidomide").indications}
    for code in ("APHTOSE", "LUPUS_CUT", "ENL"):
        before = sum(n for (each, mine), n in figures.items() if each < "2026-10" and mine == code)
        late = 1 if code == "APHTOSE" else 0
        row = (
            f"{before - late} 0 {'+1' if late else '0'} {figures['2026-10', code]} {before + figures['2026-10', code]}"
        )
        assert f"{labels[code].replace(chr(39), chr(0x2019))} {row}" in said
    assert ("+1 fiche tardive" if to == "fr" else "+1 late form") in said
    assert "A. Martin Pharmacien responsable" in said
    for each in (pack.statement.release, pack.statement.sha256, *pack.statement.sources.values()):
        assert each in said.replace(" ", "") or each in said
    marking = "Destiné à l’ANSM, chiffres exacts, ne pas diffuser" if to == "fr" else "For ANSM, exact figures"
    assert all(marking in " ".join(page.extract_text().split()) for page in opened_pdf(pack, language).pages)


def test_the_csv_holds_every_cell_of_the_measure(pack: Pack, october: Store) -> None:
    content = pack.contents[f"{pack.name}.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    figures = {(row["period"], row["indication_code"]): int(row["recounted"]) for row in rows if row["indication_code"]}
    assert figures == counted(october)
    for row in rows:
        if row["declared"]:
            assert int(row["recounted"]) - int(row["declared"]) == int(row["difference"])
        else:
            assert (row["difference"], row["late_form"], row["residual"]) == ("", "", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_the_same_figures(pack: Pack, october: Store, language: str) -> None:
    book = read_excel(pack.contents[f"{pack.name}.{language}.xlsx"])
    rows = book.load_sheet(2, header_row=2).to_arrow().to_pylist()
    names = {each.label.in_language(language).replace("'", "’"): each.code for each in load("thalidomide").indications}
    indication, period, recounted = (
        words()[key].in_language(language) for key in ("indication", "period", "recounted")
    )
    figures = {(row[period], names[row[indication]]): int(row[recounted]) for row in rows if row[indication] in names}
    assert figures == counted(october)
    assert book.sheet_names[0] == words()["figure"].in_language(language)


def test_every_word_of_the_documents_has_both_languages_and_is_used() -> None:
    folder = Path(documents.__file__).parent
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()) if path.suffix in {".py", ".typ"}
    )
    for key, text in words().items():
        assert text.fr
        assert text.en
        family = key.rpartition(".")[0]
        assert f'"{key}"' in code or f"w.{key}" in code or (family and f'"{family}.{{' in code), key
