"""The journal of access: whether it is sound, who did what how often, and its lines."""

import datetime as dt

import pandas as pd
import streamlit as st

from dashboard import access, formats
from dashboard.components import parts
from dashboard.wording import counted, language, text
from pipelines.access.digest import digest, entries
from pipelines.access.errors import AccessError
from pipelines.access.events import KINDS

MOST, HEIGHT = 500, 480
SHOWN = ("step", "period", "purpose", "regime", "size", "reason")
PERIODS = (7, 31, 92, 366)


def access_journal() -> None:
    """All of it; a sentence instead where it cannot be read."""
    try:
        fault, lines = access.journal().verify(), access.journal().lines()
    except AccessError:
        st.error(text("access.refused.not_journalled"), icon=":material/error:")
        return
    if fault:
        st.error(text(f"journal.{fault.why}", seq=formats.number(fault.seq, language())), icon=":material/gpp_bad:")
    else:
        st.success(counted("journal.sound", len(lines)), icon=":material/verified_user:")
    names = {each: counted("journal.days", each) for each in PERIODS}
    days = st.selectbox(text("journal.period"), PERIODS, 1, key=f"journal-period-{language()}", width=320,
                        format_func=names.__getitem__)  # fmt: skip
    since = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).isoformat()
    found = entries([line for line in lines if line.at >= since])
    _digest(found)
    _lines(found)


def _digest(found: pd.DataFrame) -> None:
    limits = access.known().access.journal.unusual_a_day
    counts = digest(found, limits)
    with parts.panel("journal-digest"):
        st.subheader(text("journal.digest"), anchor=False)
        if not len(counts):
            st.write(text("journal.nothing"))
            return
        unusual = counts[counts["unusual"]]
        if len(unusual):
            st.warning(counted("journal.unusual", len(unusual)), icon=":material/priority_high:")
        rows = [[_who(row), _role(row["role"]), text(f"journal.kind.{row['kind']}"),
                 formats.number(int(row["n"]), language()), formats.number(int(row["most_a_day"]), language()),
                 _threshold(row["kind"], limits), text("journal.is_unusual") if row["unusual"] else ""]
                for row in counts.to_dict("records")]  # fmt: skip
        heads = [text(f"journal.{each}") for each in ("who", "role", "what", "n", "most_a_day", "limit", "remark")]
        parts.figures(pd.DataFrame(rows, columns=heads), text("journal.digest"), "journal-digest", labels=3)


def _lines(found: pd.DataFrame) -> None:
    with parts.panel("journal-lines"):
        st.subheader(text("journal.lines"), anchor=False)
        names = {each: text(f"journal.kind.{each}") for each in KINDS}
        kinds = st.pills(text("journal.kinds"), KINDS, selection_mode="multi", default=KINDS,
                         key=f"journal-kinds-{language()}", format_func=names.__getitem__)  # fmt: skip
        kept = found[found["kind"].isin(kinds)].iloc[::-1]
        st.caption(counted("journal.n_lines", len(kept), most=formats.number(MOST, language())))
        if not len(kept):
            return
        rows = [_line(row) for row in kept.head(MOST).to_dict("records")]
        parts.figures(pd.DataFrame(rows), text("journal.lines"), "journal-lines", labels=8, height=HEIGHT)


def _line(row: dict[object, object]) -> dict[str, str]:
    at = dt.datetime.fromisoformat(str(row["at"])).astimezone()
    about = [_said(name, row[name]) for name in SHOWN if isinstance(row[name], str)]
    what = str(row["what"]) if isinstance(row["what"], str) else ""
    release = row["release"] if isinstance(row["release"], str) else ""
    return {
        text("journal.number"): formats.number(int(str(row["seq"])), language()),
        text("journal.at"): f"{formats.day(at.date(), language())} {at:%H:%M:%S}",
        text("journal.who"): _who(row),
        text("journal.role"): _role(row["role"]),
        text("journal.what"): text(f"journal.kind.{row['kind']}"),
        text("journal.subject"): what,
        text("journal.release"): release,
        text("journal.details"): ", ".join(about),
    }


def _said(name: str, value: object) -> str:
    if name == "period":
        return formats.month(str(value), language())
    if name == "step":
        return text(f"journal.step.{value}")
    if name == "reason":
        return text(f"access.refused.{value}")
    return text(f"{name}.{value}")


def _who(row: dict[object, object]) -> str:
    return f"{row['subject']} · {row['issuer']}"


def _role(name: object) -> str:
    return text(f"role.{name}") if isinstance(name, str) and name else "–"


def _threshold(kind: object, limits: object) -> str:
    found = dict(limits).get(kind)  # type: ignore[call-overload]
    return "–" if found is None else formats.number(found, language())
