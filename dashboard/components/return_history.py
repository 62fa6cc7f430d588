"""What was declared: every version of every month, each sealed pack as it was, and two of them side by side."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from dashboard import formats, returns
from dashboard.components import parts
from dashboard.components.offer import File, offer_files
from dashboard.components.return_figures import preview
from dashboard.wording import language, text
from pipelines.access.events import Purpose
from pipelines.returns.packs import Pack

RECENT = 12
"""Declarations that are shown before the earlier ones."""


def return_packs(month: str) -> None:
    """The sealed returns of a month, the last version first: verified, to be read and taken."""
    for name, pack in returns.sealed().items():
        if pack.statement.period == month:
            with st.container(border=True, key=f"return-pack-{name}"):
                _pack(name, pack)


def _pack(name: str, pack: Pack) -> None:
    said = pack.statement
    st.header(text("monthly_return.pack", name=name), anchor=False)
    figure, headline = formats.number(said.figure, language()), returns.in_words(said)["headline"]
    st.markdown(f"**{figure}** {formats.plain(headline)}")
    for each in pack.signatures:
        st.markdown(text("monthly_return.signed", name=formats.plain(each.name), role=formats.plain(each.role),
                         at=returns.moment(each.at)))  # fmt: skip
    faults = returns.whole(pack)
    if faults:
        st.error("\n".join([text("monthly_return.broken"), "", *(f"- {formats.plain(each)}" for each in faults)]))
    else:
        st.success(text("monthly_return.whole"), icon=":material/verified:")
    documents = {written: f"{name}.{written}.pdf" for written in pack.languages}
    files = [
        File(text("monthly_return.take"), f"{name}.zip", _making(partial(returns.one_file, pack)), "application/zip"),
        *(File(text(f"monthly_return.pdf_{written}"), file, _making(partial(pack.contents.__getitem__, file)),
               "application/pdf", ":material/picture_as_pdf:") for written, file in documents.items()),
    ]  # fmt: skip
    offer_files("monthly_return", len(said.lines), files, f"take-{name}", returns.release_of(pack))
    with st.expander(text("monthly_return.preview")):
        preview(said, pack=pack)


def return_history() -> None:
    """Every figure declared for a month as a whole, version by version, the imported ones marked."""
    parts.section("monthly_return.history")
    frame = returns.history().frame
    totals = frame[frame["indication_code"].isna()].iloc[::-1]
    if totals.empty:
        st.info(text("monthly_return.history_none"), icon=":material/inbox:")
        return
    rows = [[formats.month(row["period"], language()), f"v{row['version']}",
             formats.number(int(row["declared"]), language()), formats.day(row["sent_on"].date(), language()),
             formats.day(row["cutoff_date"].date(), language()),
             text("monthly_return.origin_imported" if row["imported"] else "monthly_return.origin_sealed")]
            for row in totals.to_dict("records")]  # fmt: skip
    heads = [text(f"monthly_return.{head}") for head in ("period", "version", "then", "sent_on", "cutoff", "origin")]
    listed = pd.DataFrame(rows, columns=heads)
    parts.figures(listed[:RECENT], text("monthly_return.history"), "return-history", 2)
    if len(listed) > RECENT:
        with st.expander(text("monthly_return.earlier")):
            parts.figures(listed[RECENT:], text("monthly_return.earlier"), "return-history-earlier", 2)


def return_comparison() -> None:
    """Two sealed returns: the months and indications that they count differently."""
    known = returns.sealed()
    parts.section("monthly_return.comparison")
    if len(known) < 2:  # noqa: PLR2004 - two are compared
        st.write(text("monthly_return.comparison_none"))
        return
    names = list(known)
    with st.container(horizontal=True):
        first = st.selectbox(text("monthly_return.first"), names, 1, key="return-first", width=240)
        second = st.selectbox(text("monthly_return.second"), names, 0, key="return-second", width=240)
    frame = returns.compared(known[first], known[second])
    if frame.empty:
        st.write(text("monthly_return.comparison_same"))
        return
    said = known[second].statement
    rows = [[formats.month(row["period"], language()),
             returns.indication(said, None if pd.isna(row["indication_code"]) else str(row["indication_code"])),
             *(formats.number(int(row[each]), language()) for each in ("first", "second")),
             formats.difference(int(row["difference"]), language())] for row in frame.to_dict("records")]  # fmt: skip
    heads = [text("monthly_return.period"), text("monthly_return.indication"), first, second,
             text("monthly_return.difference")]  # fmt: skip
    parts.figures(pd.DataFrame(rows, columns=heads), text("monthly_return.comparison"), "return-comparison", 2)


def _making(make: Callable[[], bytes]) -> Callable[[Purpose], Callable[[], bytes]]:
    """What is sealed already is the same for every purpose."""
    return lambda _: make
