"""The return as a PDF: tagged (PDF/UA-1), with its own fonts, the same bytes for the same content.

`return.typ` lays out; every text and figure comes from here. The time within the file is that of the last signature.
"""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import typst

from pipelines.returns.documents import content
from pipelines.returns.documents.content import Language, words
from pipelines.returns.drafts import Signature
from pipelines.returns.statement import Statement

TEMPLATE = Path(__file__).parent / "return.typ"
PIXELS = 110
"""Of a picture, for an inch."""


def pdf(said: Statement, signatures: Sequence[Signature], language: str) -> bytes:
    """The document, in French or English."""
    moment = max((int(each.at.timestamp()) for each in signatures), default=0)
    with warnings.catch_warnings(action="error", category=typst.TypstWarning):
        made = typst.compile(
            TEMPLATE.read_bytes(), format="pdf", font_paths=typst.Fonts(include_system_fonts=False),
            sys_inputs=_inputs(said, signatures, language), pdf_standards=["1.7", "ua-1"], timestamp=moment,
        )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("one document is one file")
    return made


def pictures(said: Statement, signatures: Sequence[Signature], language: str) -> list[bytes]:
    """Its pages as PNG images, to be looked at before anything is sealed."""
    made = typst.compile(
        TEMPLATE.read_bytes(), format="png", ppi=PIXELS, font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs=_inputs(said, signatures, language),
    )  # fmt: skip
    return [made] if isinstance(made, bytes) else list(made or [])


def _inputs(said: Statement, signatures: Sequence[Signature], language: str) -> dict[str, str]:
    return {"content": json.dumps(_content(said, signatures, Language(language)), ensure_ascii=False)}


def _content(said: Statement, signatures: Sequence[Signature], to: Language) -> dict[str, object]:
    totals = [line for line in said.lines if line.indication_code is None]
    first, last = totals[0], totals[-1]
    return {
        "language": to.code, "words": {key: to.text(text) for key, text in words().items()},
        "title": f"{to.text(said.title)} – {to.month(said.period)}", "medicine": to.text(said.medicine),
        "marking": content.marking(said, to), "synthetic": said.synthetic, "signed": bool(signatures),
        "version": str(said.version), "name": said.name, "reason": said.reason, "month": to.month(said.period),
        "figure": to.number(said.figure), "headline": content.headline(said, to), "none": said.figure == 0,
        "definition": to.text(said.definition), "legal_basis": to.text(said.legal_basis),
        "cutoff": to.day(said.cutoff),
        "balances": [[content.indication(said, each.indication_code, to), to.number(each.declared),
                      to.number(each.undeclared), to.signed(each.difference), to.number(each.new),
                      to.number(each.cumulative)] for each in said.balances],
        "restated": [[to.month(line.period, content.SHORT), content.indication(said, line.indication_code, to),
                      f"v{line.version} ({to.day(line.sent_on)}, {content.origin(line, to)})", to.number(line.declared),
                      to.number(line.recounted), to.signed(line.difference), content.why(line, to),
                      to.signed(line.residual)] for line in said.restated],
        "notes": [[f"{to.month(line.period)}, {content.indication(said, line.indication_code, to)}", line.note]
                  for line in said.lines if line.note],
        "undocumented": said.undocumented,
        "curve": [line.cumulative for line in totals],
        "curve_axis": [to.month(first.period), to.month(last.period), to.number(last.cumulative)],
        "curve_alt": to("curve.alt", first=to.month(first.period), last=to.month(last.period),
                        start=to.number(first.cumulative), end=to.number(last.cumulative)),
        "provisional": content.provisional(said, to),
        "findings": [[to(f"severity.{each.severity}"), content.finding(each, to)] for each in said.findings],
        "signatures": content.signed(signatures, to), "identifiers": content.identifiers(said, to),
        "sources": content.sources(said),
    }  # fmt: skip
