"""The six steps of a return in their order: the state of each, what it rests on, and its one action."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from dashboard import access, address, formats, returns
from dashboard.components import notices, parts
from dashboard.components.return_figures import balances, differences, every_month, preview
from dashboard.components.signer import signer
from dashboard.wording import LANGUAGES, counted, language, text
from pipelines.returns.drafts import Draft
from pipelines.returns.statement import BLOCK
from pipelines.returns.steps import STEPS, Progress

MONTH = "month"
DONE, CURRENT, WAITING = "done", "current", "waiting"
COLOURS: dict[str, Literal["green", "blue", "gray"]] = {DONE: "green", CURRENT: "blue", WAITING: "gray"}
ICONS = {DONE: ":material/check:", CURRENT: ":material/arrow_forward:", WAITING: ":material/hourglass_empty:"}


def return_month() -> str | None:
    """The month whose return is looked at, as the reader chooses; none, said in words, where there is none."""
    if not returns.asked():
        st.info(text("monthly_return.not_asked"), icon=":material/block:")
        return None
    known = returns.months()
    if not known:
        st.info(text("monthly_return.no_month"), icon=":material/inbox:")
        return None
    chosen, _ = address.parameter(MONTH, list(known))
    st.session_state["return-month"] = chosen
    stands = {each: text(f"monthly_return.month_{state}") for each, state in known.items()}
    labels = {each: f"{formats.month(each, language())} · {state}" for each, state in stands.items()}
    st.selectbox(
        text("monthly_return.month"),
        list(known),
        format_func=labels.__getitem__,
        key="return-month",
        on_change=lambda: address.set_parameter(MONTH, st.session_state["return-month"]),
        width=420,
    )
    return chosen


def return_steps(month: str) -> None:
    """Every step of the month's return; of one that is sealed, how a new version begins."""
    parts.section("monthly_return.steps")
    if not access.may("sign_return"):
        st.info(text("monthly_return.read_only", role=text("role.mah_officer")), icon=":material/visibility:")
    draft = returns.being_prepared(month)
    if draft is None and returns.months()[month] == returns.SEALED:
        if access.may("sign_return"):
            with st.expander(text("monthly_return.new_version")):
                _lock(month)
        return
    if draft is None:
        _step("lock", CURRENT, partial(_lock, month))
        for step in STEPS[1:]:
            _step(step, WAITING, None)
        return
    with st.spinner(text("monthly_return.counting")):
        found = returns.progress(draft)
    contents: dict[str, Callable[[], None]] = {
        "lock": partial(_locked, draft), "check": partial(_check, found), "reconcile": partial(_reconcile, found),
        "explain": partial(_explain, found), "sign": partial(_sign, found), "archive": partial(_archive, found),
    }  # fmt: skip
    current = next((step for step in STEPS if step not in found.done), STEPS[-1])
    for step in STEPS:
        _step(step, DONE if step in found.done else CURRENT if step == current else WAITING, contents[step])


def _step(step: str, state: str, content: Callable[[], None] | None) -> None:
    """A step under its number, its name and its state; what it holds."""
    with st.container(border=True, key=f"return-{step}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(f"{STEPS.index(step) + 1}. {returns.step_name(step)}", anchor=False, width="content")
            st.badge(text(f"monthly_return.{state}"), icon=ICONS[state], color=COLOURS[state])
        st.caption(text(f"monthly_return.{step}_what"))
        if content:
            content()


def _lock(month: str) -> None:
    if not access.may("sign_return"):
        return
    known, version = returns.candidates(month), returns.next_version(month)
    if not known:
        st.info(text("monthly_return.no_release", month=formats.month(month, language())), icon=":material/inbox:")
        return
    labels = {name: f"{formats.day(each.cutoff, language())} · {name}" for name, each in known.items()}
    release = st.selectbox(text("monthly_return.release"), list(known), key="return-release", width=420,
                           format_func=labels.__getitem__)  # fmt: skip
    reason = ""
    if version > 1:
        st.write(text("monthly_return.again", version=version))
        reason = st.text_input(text("monthly_return.reason"), key="return-reason")
    st.button(text("monthly_return.lock"), type="primary", icon=":material/lock:", key="return-lock-action",
              on_click=partial(notices.attempt, partial(returns.lock, month, release, reason)))  # fmt: skip


def _locked(draft: Draft) -> None:
    st.write(text("monthly_return.locked", release=draft.release, at=returns.moment(draft.locked_at),
                  version=draft.version))  # fmt: skip
    if draft.reason:
        st.write(text("monthly_return.reason_given", reason=formats.plain(draft.reason)))
    if not access.may("sign_return"):
        return
    with st.popover(text("monthly_return.discard"), icon=":material/delete:"):
        st.write(text("monthly_return.discard_what"))
        st.button(text("monthly_return.discard_confirm"), key="return-discard",
                  on_click=partial(notices.attempt, partial(_discard, draft.period)))  # fmt: skip


def _discard(month: str) -> None:
    returns.discard(month)
    notices.leave("success", text("monthly_return.discarded"))


def _check(found: Progress) -> None:
    listed = returns.findings(found.statement)
    blocking = [sentence for severity, sentence in listed if severity == BLOCK]
    for sentence in blocking:
        st.error(formats.plain(sentence), icon=":material/block:")
    for sentence in returns.notices(found):
        st.warning(formats.plain(sentence), icon=":material/info:")
    warned = [sentence for severity, sentence in listed if severity != BLOCK]
    if warned:
        st.markdown("\n".join(f"- {formats.plain(each)}" for each in warned))
    if not listed:
        st.write(text("monthly_return.no_finding"))


def _reconcile(found: Progress) -> None:
    said = found.statement
    words = returns.in_words(said)
    st.markdown(f"**{formats.number(said.figure, language())}** {formats.plain(words['headline'])}")
    balances(said)
    st.caption(f"{text('monthly_return.definition')} {formats.plain(words['definition'])}")
    with st.expander(text("monthly_return.every_month")):
        every_month(said)


def _explain(found: Progress) -> None:
    said = found.statement
    left = said.unexplained
    if not said.restated:
        st.write(text("monthly_return.no_difference"))
        return
    if left:
        st.warning(counted("monthly_return.left", len(left)), icon=":material/warning:")
    differences(found)
    if access.may("sign_return") and any(line.undocumented and line.difference for line in said.restated):
        with st.container(border=True):
            st.markdown(f"**{text('monthly_return.take_over')}**")
            st.caption(text("monthly_return.take_over_what"))
            reason = st.text_input(text("monthly_return.take_over_reason"), said.undocumented, key="return-take-over")
            st.button(text("monthly_return.take_over_action"), key="return-take-over-action",
                      on_click=partial(notices.attempt, partial(returns.take_over, said.period, reason)))  # fmt: skip


def _sign(found: Progress) -> None:
    said, valid = found.statement, [each for each in found.draft.signatures if each.statement == found.statement.sha256]
    for each in valid:
        st.markdown(text("monthly_return.signed", name=formats.plain(each.name), role=formats.plain(each.role),
                         at=returns.moment(each.at)))  # fmt: skip
    if "sign" in found.done:
        return
    st.write(counted("monthly_return.signatures", said.required_signatures))
    if not access.may("sign_return"):
        return
    who = signer("return")
    ready = {"check", "explain"} <= set(found.done) and all(who)
    st.button(text("monthly_return.sign"), type="primary", icon=":material/draw:", key="return-sign-action",
              disabled=not ready, on_click=partial(notices.attempt, partial(returns.sign, said.period, who)),
              help=text("monthly_return.sign_help"))  # fmt: skip


def _archive(found: Progress) -> None:
    said = found.statement
    with st.expander(text("monthly_return.preview")):
        preview(said, found.draft)
    if not access.may("sign_return"):
        return
    if not returns.has_key():
        st.warning(text("monthly_return.no_key"), icon=":material/key:")
    labels = {each: text(f"monthly_return.language_{each}") for each in LANGUAGES}
    languages = st.multiselect(text("monthly_return.languages"), LANGUAGES, ["fr"], key="return-languages", width=420,
                               format_func=labels.__getitem__)  # fmt: skip
    ready = "sign" in found.done and returns.has_key() and bool(languages)
    st.button(text("monthly_return.archive"), type="primary", icon=":material/inventory_2:", disabled=not ready,
              key="return-archive-action",
              on_click=partial(notices.attempt, partial(_seal, said.period, tuple(languages))))  # fmt: skip


def _seal(month: str, languages: tuple[str, ...]) -> None:
    pack = returns.archive(month, languages)
    notices.leave("success", text("monthly_return.archived", name=pack.name))
