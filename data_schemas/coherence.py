"""Whether what a programme says of tables, columns, codes and rules names things that exist in the contract."""

from collections.abc import Iterator

from data_schemas.disclosure import VOCABULARIES, Variable
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
    for key in (*_tables(programme), *_codes(programme), *_trees(programme)):
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


def _trees(programme: Programme) -> Iterator[str]:
    plan = programme.disclosure
    for variable in plan.variables:
        yield from _tree(programme, "variables", variable)
    for chain in plan.chains:
        for cut in chain.cuts:
            yield from _tree(programme, f"chains.{chain.event}", cut)


def _tree(programme: Programme, section: str, variable: Variable) -> Iterator[str]:
    """Trees of indications that there are, and categories that hold known codes and have a label."""
    known = codes(VOCABULARIES[variable.column], programme)
    place = f"disclosure.{section}.{variable.column}"
    indications = {each.code for each in programme.indications}
    yield from (f"{place}.by_indication.{code}" for code in variable.by_indication if code not in indications)
    for tree in (variable.tree, *variable.by_indication.values()):
        for node in (each for root in tree for each in root.walk()):
            yield from (f"{place}.{node.code}.values.{value}" for value in node.holds if value not in known)
            values = codes(VOCABULARIES[node.dimension], programme) if node.dimension else known
            if node.code not in values and (node.label is None or node.dimension):
                yield f"{place}.{node.code}.label"
