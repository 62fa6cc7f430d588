"""What each role sees and may do, read where it is enforced."""

import pandas as pd
import streamlit as st

from dashboard.components import parts
from dashboard.wording import text
from pipelines.access.roles import ACTIONS, PAGES, ROLES

SIGNS = {"exact": "●", "protected": "◐", "open": "○", None: "–"}


def role_table() -> None:
    """A row for each page and action, a column for each role."""
    names = [text(f"role.{name}") for name in ROLES]
    seen = [[text(f"page.{page}"), *(_regime(role.regime(page)) for role in ROLES.values())] for page in PAGES]
    heads = [text("access.page"), *names]
    parts.figures(pd.DataFrame(seen, columns=heads), text("access.pages"), "role-pages", labels=len(heads))
    signs = {True: text("access.yes"), False: SIGNS[None]}
    may = [[text(f"action.{each}"), *(signs[role.may(each)] for role in ROLES.values())] for each in ACTIONS]
    heads = [text("access.action"), *names]
    parts.figures(pd.DataFrame(may, columns=heads), text("access.actions"), "role-actions", labels=len(heads))
    st.caption(text("access.table_means"))


def _regime(regime: str | None) -> str:
    return f"{SIGNS[regime]}\u00a0{text(f'regime.{regime}')}" if regime else SIGNS[None]
