"""Text that no spreadsheet takes for a formula, and back.

A cell of text that begins with one of these signs, or with an apostrophe, gets an apostrophe before it; taking one
apostrophe away from the beginning gives the text back, whatever it was.
"""

SIGNS = "=+-@\t\r\n"
MARK = "'"
PATTERN = r"^([=+\-@\t\r\n'])"
"""The same as a regular expression, for columns of text."""


def inert(text: str) -> str:
    """The text as it may stand in a file that a spreadsheet opens."""
    return f"{MARK}{text}" if text.startswith((*SIGNS, MARK)) else text


def original(cell: str) -> str:
    """The text that a cell was made from."""
    return cell.removeprefix(MARK)
