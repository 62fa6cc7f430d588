"""The one base class of what can go wrong for an operator.

An error names its text by a key; what is put into the text is a file, a table, a column, a rule or a row number, never
a value of a patient. The text itself, in both languages, belongs to whoever speaks to the operator.
"""


class OperatorError(Exception):
    """Something the operator can understand and mend.

    Attributes:
        key: name of the text.
        details: what the text mentions.
        exit_code: what a command ends with.
    """

    exit_code = 1

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(key)
        self.key = key
        self.details = details

    def __str__(self) -> str:
        return self.key + "".join(f" {name}={value}" for name, value in self.details.items())


class ProgrammeError(OperatorError):
    """A programme's configuration cannot be used."""

    exit_code = 3
