"""Words of a command, while it runs and when it ends: files found, rows kept, releases."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.candidates import candidates
from pipelines.imported import Imported
from pipelines.messages import say
from pipelines.store import Store

if TYPE_CHECKING:
    from pipelines.erase import Rewritten  # loads pandera, which is slow


def import_summary(done: Imported, store: str, language: str) -> str:
    """The closing summary of an import: read = loaded + quarantined for each table.

    Args:
        store: how the operator names it.
    """
    lines = [say("import.heading", language)]
    lines += [f"{count.table:<17}{count.read:>6}{count.loaded:>10}{count.quarantined:>13}{count.warned:>11}"
              for count in done.counts]  # fmt: skip
    if done.not_sent:
        lines.append(say("import.not_sent", language, tables=", ".join(done.not_sent)))
    if done.n_corrections:
        lines.append(say("import.corrections", language, n=done.n_corrections))
    if quarantined := sum(count.quarantined for count in done.counts):
        named = done.release.name if done.release.is_candidate else "latest"
        lines.append(say("import.quarantine", language, n=quarantined, release=named, store=store))
    if done.release.is_candidate:
        return "\n".join([*lines, say("import.prepared", language, release=done.release.name, store=store)])
    outcome = "import.new" if done.is_new else "import.same"
    lines.append(say(outcome if done.in_service else "import.older", language, release=done.release.name))
    return "\n".join(lines)


def progress_line(step: str, details: Mapping[str, Any], language: str) -> str:
    """How far an import is; of a file, what was found out about it and on what that rests."""
    if step == "note":
        return say(f"import.note.{details['note']}", language, file=details["file"], n=details["n"])
    if step == "mapped":
        return _mapped_line(details, language)
    if step != "file":
        return say(f"import.{step}", language, **details)
    told = dict(details) | {"date_order": say(f"import.dates.{details['date_order']}", language)}
    told["separator"], told["decimal"] = f"« {details['separator'] or '–'} »", f"« {details['decimal']} »"
    for name, counts in details["evidence"].items():
        evidence = ", ".join(say(f"import.evidence.{what}", language, n=n) for what, n in counts.items())
        told[name] = say(f"import.found.{details['confidence'][name]}", language, found=told[name], evidence=evidence)
    return say("import.file", language, **told)


def _mapped_line(details: Mapping[str, Any], language: str) -> str:
    """What was mapped to make a table: columns, codes, spellings."""
    parts = [f"{column} ← {origin}" for column, origin in details["columns"].items()]
    parts += [say("import.mapped.codes", language, column=column, n=len(codes))
              for column, codes in details["codes"].items()]  # fmt: skip
    parts += [say("import.mapped.spellings", language, column=column, n=n)
              for column, n in details["spellings"].items()]  # fmt: skip
    return say("import.mapped", language, table=details["table"], file=details["file"], what="\n      ".join(parts))


def releases_report(store: Store, language: str) -> str:
    """A line for each release, the oldest cut-off first, and for each candidate."""
    current, waiting = store.name_in_service(), candidates(store)
    if current is None and not waiting:
        return say("store.no_release", language, store=store.folder.name)
    lines = [say("releases.heading", language)]
    for release in [*store.releases(), *waiting]:
        previous = store.previous(release)
        mark = "+" if release.is_candidate else "*" if release.name == current else " "
        imported = release.record["imported_at"].removesuffix("+00:00").replace("T", " ")
        lines.append(f"{mark} {release.name:<22}{release.cutoff.isoformat():<12}{imported:<21}"
                     f"{release.total('loaded'):>9}{release.total('quarantined'):>12}  "
                     f"{previous.name if previous else '–'}")  # fmt: skip
    marks = ["releases.mark", *(["releases.candidate"] if waiting else [])]
    return "\n".join([*lines, *(say(mark, language) for mark in marks)])


def erasure_report(done: "Sequence[Rewritten]", language: str) -> str:
    """Which releases were written anew, and how many rows left them."""
    lines = [say("erase.release", language, before=each.before.name, after=each.after.name, n=each.n_rows)
             for each in done]  # fmt: skip
    return "\n".join([*lines, say("erase.done" if done else "erase.before", language)])
