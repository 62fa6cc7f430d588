"""Who signs: the person who is signed in; in a demonstration, where nobody is, they say so themselves."""

import streamlit as st

from dashboard import access, formats
from dashboard.wording import text


def signer(key: str) -> tuple[str, str]:
    """Name and role of the one who signs; empty until they are given."""
    if not access.reader().demonstration:
        name, role = access.signature(("", ""))
        st.write(text("signer.signed_in", name=formats.plain(name), role=formats.plain(role)))
        return name, role
    name = st.text_input(text("signer.name"), key=f"{key}-name", autocomplete="name")
    role = st.text_input(text("signer.role"), key=f"{key}-role", autocomplete="organization-title")
    return name.strip(), role.strip()
