"""The programme as configured, for a reader: decisions, indications, bands, calendar, and how sure each is."""

import datetime as dt
from collections.abc import Iterable, Sequence

from dashboard import formats
from dashboard.wording import said, text_in
from data_schemas.facts import facts
from data_schemas.generated import grid
from data_schemas.programme import Programme
from data_schemas.programme_parts import Indication

BETWEEN = " › "


def render(programme: Programme, language: str) -> str:
    """The sheet in a language, as Markdown."""
    sheet = _Sheet(programme, language)
    parts = [f"# {said(programme.label, language)}", *sheet.general(), *sheet.indications(), *sheet.bands(),
             *sheet.calendar(), *sheet.special(), *sheet.sure()]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


class _Sheet:
    def __init__(self, programme: Programme, language: str) -> None:
        self.programme, self.language = programme, language

    def say(self, key: str, **values: object) -> str:
        return text_in(self.language, f"programme_sheet.{key}", **values)

    def day(self, value: dt.date | None) -> str:
        return formats.day(value, self.language) if value else formats.NOT_RECORDED

    def heading(self, key: str) -> str:
        return f"## {self.say(key)}"

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        return grid([self.say(head) for head in heads], list(rows))

    def general(self) -> list[str]:
        this = self.programme
        framework = said(this.framework, self.language)
        rows = [[self.day(each.date), said(each.title, self.language), self.day(each.holds_until)]
                for each in this.decisions]  # fmt: skip
        named = [(self.say("medicine"), said(this.medicine, self.language)), (self.say("framework"), framework),
                 (self.say("established"), self.day(this.established_on)),
                 (self.say("fingerprint"), f"`{this.sha256[:16]}`")]  # fmt: skip
        listed = "\n".join(f"- **{head}** {value}" for head, value in named)
        table = self.table(["date", "decision", "until"], rows) if rows else ""
        return [self.heading("general"), listed, table]

    def indications(self) -> list[str]:
        found = []
        for each in self.programme.indications:
            found += [f"## {self.say('indication')} {said(each.label, self.language)}", *self._indication(each)]
        return found

    def _indication(self, each: Indication) -> list[str]:
        lines = [self.say("counted" if each.counted else "not_counted")]
        if each.age:
            lines.append(said(each.age.label, self.language))
        if each.usual_age:
            lines.append(self.say("usual_age", ages=self._ages(each.usual_age.at_least, each.usual_age.below)))
        if each.start_dose:
            lines.append(said(each.start_dose.source, self.language))
        wordings = [[self.day(part.holds_from), self.day(part.holds_until), f"« {part.quoted} »",
                     said(part.source, self.language)] for part in each.wordings]  # fmt: skip
        table = self.table(["from", "until", "quoted", "source"], wordings) if wordings else ""
        return ["\n".join(f"- {line}" for line in lines), table]

    def _ages(self, at_least: int, below: int | None) -> str:
        return self.say("ages_from", least=at_least) if below is None else self.say("ages", least=at_least, most=below)

    def bands(self) -> list[str]:
        this = self.programme
        ages = ", ".join(said(each.label, self.language) for each in this.age_bands)
        doses = ", ".join(said(each.label, self.language) for each in this.dose_bands)
        lines = [self.say("age_bands", bands=ages)]
        lines += [self.say("dose_bands", bands=doses)] if doses else []
        if this.cumulative_dose_marks_g:
            marks = ", ".join(formats.number(mark, self.language) for mark in this.cumulative_dose_marks_g)
            lines.append(self.say("marks", marks=marks))
        lines.append(self.say("most_dose", dose=formats.number(this.most_dose_mg_day, self.language)))
        return [self.heading("bands"), "\n".join(f"- {line}" for line in lines)]

    def calendar(self) -> list[str]:
        calendar = self.programme.calendar
        rows = [[said(each.label, self.language), str(each.day), f"± {each.window_days}"] for each in calendar.visits]
        lines = [
            self.say("after_stop", visits=calendar.visits_after_stop_days, effects=calendar.effects_after_stop_days),
            self.say("reports", serious=calendar.serious_report_days, other=calendar.other_report_days),
        ]
        if tests := calendar.pregnancy_prevention:
            lines.append(self.say("tests", every=tests.test_every_days, before=tests.test_before_start_days,
                                  prescription=tests.prescription_days, dispensing=tests.dispensing_within_days,
                                  after=tests.contraception_after_stop_days))  # fmt: skip
        table = self.table(["visit", "day", "window"], rows) if rows else ""
        return [self.heading("calendar"), "\n".join(f"- {line}" for line in lines), table]

    def special(self) -> list[str]:
        rows = [[said(each.label, self.language), ", ".join(each.preferred_terms)]
                for each in self.programme.special_interest]  # fmt: skip
        return [self.heading("special"), self.table(["effect", "terms"], rows)] if rows else []

    def sure(self) -> list[str]:
        rows = [[f"`{BETWEEN.join(each.place)}`", self.say(each.status), each.note or formats.NOT_RECORDED]
                for each in facts(self.programme.name)]  # fmt: skip
        if not rows:
            return []
        return [self.heading("sure"), self.say("sure_means"), self.table(["place", "status", "note"], rows)]
