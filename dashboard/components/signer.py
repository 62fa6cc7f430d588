"""Who signs: until people sign in, they say so themselves."""

import streamlit as st

from dashboard.wording import text


def signer(key: str) -> tuple[str, str]:
    """Name and role of the one who signs; empty until they are given."""
    name = st.text_input(text("signer.name"), key=f"{key}-name", autocomplete="name")
    role = st.text_input(text("signer.role"), key=f"{key}-role", autocomplete="organization-title")
    return name.strip(), role.strip()
