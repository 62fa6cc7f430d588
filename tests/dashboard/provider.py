"""A provider of identities for tests: `python provider.py PORT CHANGES`, where CHANGES alter what tokens say, as JSON.

A process of its own, because the libraries below warn of themselves.
"""

import datetime as dt
import json
import sys

from oidc_provider_mock import User, _app, run_server_in_thread

PORT, CHANGES = int(sys.argv[1]), json.loads(sys.argv[2])
PEOPLE = [User(sub=each) for each in ("officer", "stranger")]


class OpenIDCode(_app.OpenIDCode):
    """What makes the tokens."""

    def get_jwt_config(self, *args: object) -> dict[str, object]:
        return super().get_jwt_config(*args) | {key: value for key, value in CHANGES.items() if key != "aud"}


if "aud" in CHANGES:
    OpenIDCode.get_audiences = lambda *_: CHANGES["aud"]
_app.OpenIDCode = OpenIDCode

with run_server_in_thread(PORT, user_claims=PEOPLE, access_token_max_age=dt.timedelta(hours=1)):
    sys.stdin.read()
