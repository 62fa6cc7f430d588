"""Whether what a programme says of tables, columns, codes and rules names things that exist in the contract."""

from collections.abc import Iterator

from data_schemas.errors import ProgrammeError
from data_schemas.programme import Programme
from data_schemas.rules import named_rules
from data_schemas.tables import TABLES, metadata
from data_schemas.vocabularies import codes, shared_names


def check(programme: Programme) -> None:
    """Look a programme through.

    Raises:
        ProgrammeError: a key names nothing known; the message gives the key.
    """
    for key in (*_tables(programme), *_codes(programme)):
        raise ProgrammeError("programme.incoherent", programme=programme.name, entry=key)


def _tables(programme: Programme) -> Iterator[str]:
    for section, entries in (("not_collected", programme.not_collected), ("mapping", programme.mapping)):
        for table in entries:
            if table not in TABLES:
                yield f"{section}.{table}"
    for table, columns in programme.not_collected.items():
        yield from (f"not_collected.{table}.{each}" for each in columns if each not in TABLES[table].columns)
    for table, mapping in programme.mapping.items():
        yield from (f"mapping.{table}.{each}" for each in mapping.columns if each not in TABLES[table].columns)


def _codes(programme: Programme) -> Iterator[str]:
    yield from (f"severities.{rule}" for rule in programme.severities if rule not in named_rules())
    yield from (f"vocabularies.{name}" for name in programme.vocabularies if name not in shared_names())
    for table, mapping in programme.mapping.items():
        for column, source in mapping.columns.items():
            vocabulary = metadata(table, column).get("vocabulary")
            for code in source.codes.values():
                if vocabulary and code not in codes(vocabulary, programme):
                    yield f"mapping.{table}.{column}.codes.{code}"
    prevention = programme.calendar.pregnancy_prevention
    for method in prevention.not_recommended_methods if prevention else ():
        if method not in codes("contraception_method", programme):
            yield f"calendar.pregnancy_prevention.not_recommended_methods.{method}"
    for indication in programme.indications:
        for criterion in indication.prior_treatments:
            for treatment in criterion.any_of:
                if treatment not in codes("treatment_class", programme):
                    yield f"indications.{indication.code}.prior_treatments.{treatment}"
