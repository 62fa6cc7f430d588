"""The button that copies an address which shows the same figures next month."""

from pathlib import Path

import streamlit as st

from dashboard.wording import text

FOLDER = Path(__file__).parent
HTML = """
<div class="rtu-link">
  <button type="button"></button><span role="status"></span><input type="text" readonly hidden>
</div>
"""

_mounted = st.components.v2.component(
    "rtu-copy-link",
    html=HTML,
    css=(FOLDER / "copy_link.css").read_text(encoding="utf-8"),
    js=(FOLDER / "copy_link.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def copy_link(parameters: str) -> None:
    """The button; the browser adds the page that it shows.

    Args:
        parameters: those of the address, encoded.
    """
    words = {each: text(f"link.{each}") for each in ("copy", "copied", "by_hand", "help")}
    _mounted(key="copy-link", data={"parameters": parameters, **words}, width="content")
