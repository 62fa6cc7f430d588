"""How French is set: the spaces and apostrophes that its texts have when they are read."""

import re


def typeset(written: str, language: str) -> str:
    """French text with the spaces that must not break before `: ; ? ! %` and inside guillemets."""
    if language != "fr":
        return written
    written = re.sub(r" ([;?!%])", "\u202f\\1", written)
    written = re.sub(r" ([:»])", "\u00a0\\1", written)
    return written.replace("« ", "«\u00a0").replace("'", "’")
