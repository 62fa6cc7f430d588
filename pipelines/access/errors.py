"""What access ends with when it is refused or cannot be journalled."""

from data_schemas.errors import OperatorError


class AccessError(OperatorError):
    """Not allowed, or the journal or the settings of access cannot be used."""

    exit_code = 10
