"""A provider of identities for tests: `python provider.py PORT CHANGES`; CHANGES is a file of what tokens say wrongly.

A process of its own, because the libraries below warn of themselves.
"""

import datetime as dt
import json
import sys
from pathlib import Path

from oidc_provider_mock import User, _app, run_server_in_thread

PORT, CHANGES = int(sys.argv[1]), Path(sys.argv[2])
PEOPLE = [User(sub=each) for each in ("officer", "stranger")]


class OpenIDCode(_app.OpenIDCode):
    """What makes the tokens."""

    def get_jwt_config(self, *args: object) -> dict[str, object]:
        return super().get_jwt_config(*args) | {name: value for name, value in _changes().items() if name != "aud"}

    def get_compatible_claims(self, *args: object) -> dict[str, object]:
        return super().get_compatible_claims(*args) | {
            name: value for name, value in _changes().items() if name == "aud"
        }


def _changes() -> dict[str, object]:
    return json.loads(CHANGES.read_text(encoding="utf-8"))


_app.OpenIDCode = OpenIDCode

with run_server_in_thread(PORT, user_claims=PEOPLE, access_token_max_age=dt.timedelta(hours=1)):
    sys.stdin.read()
