"""A ledger kept in memory over made-up people, with a small plan: two variables, two indications, three events."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data_schemas.disclosure import Disclosure
from data_schemas.programme_parts import AgeBand, Text
from pipelines.protected.counting import Person, count
from pipelines.protected.entries import Begun, Entry, Publication
from pipelines.protected.lines import Ledger, appended, verified
from pipelines.protected.remembered import Remembered
from pipelines.signing import public_half

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WORDS = Text(fr="mot", en="word")
PLAN = Disclosure.model_validate({
    "threshold": 5,
    "batch_size": 20,
    "variables": [
        {"column": "sex", "tree": [{"code": "F"}, {"code": "M"}]},
        {"column": "prescriber_specialty", "tree": [
            {"code": "A"}, {"code": "OTHERS", "into": [{"code": "B"}, {"code": "C", "rest": True}]}]},
    ],
    "chains": [
        {"event": "first_effect", "cuts": [{"column": "effect_soc", "tree": [
            {"code": "S"}, {"code": "T", "rest": True}]}]},
        {"event": "first_serious_effect"},
        {"event": "stop"},
    ],
})  # fmt: skip


@dataclass
class Vault:
    """A ledger, and what is remembered with it."""

    plan: Disclosure = PLAN
    content: bytes = b""
    remembered: Remembered = field(default_factory=Remembered)
    months: list[str] = field(default_factory=list)

    @property
    def begun(self) -> Begun:
        return Begun(programme="made-up", indications=("ONE", "TWO"), first_month="2020-01", plan=self.plan,
                     age_bands=(AgeBand(code="all", label=WORDS),), public_key=public_half(KEY))  # fmt: skip

    def publish(self, people: Sequence[Person], month: str) -> list[Entry]:
        """Publish a release whose last complete month is this one; the numbers that are added."""
        entries, self.remembered = count(self.begun, self.remembered, people, month)
        said: list[Entry] = [*(() if self.content else (self.begun,)), Publication(cutoff=f"{month}-28"), *entries]
        self.content = appended(self.content, said, KEY)
        return entries

    @property
    def ledger(self) -> Ledger:
        return verified(self.content)
