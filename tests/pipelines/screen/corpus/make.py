"""Write the corpus: fictitious identifiers, and harmless values that look like the real ones of an export.

    python tests/pipelines/screen/corpus/make.py

Drawn with a fixed seed; telephone numbers come from the ranges kept for fiction where there are any, names and
addresses are invented.
"""

import csv
import random
import uuid
from collections.abc import Iterator
from pathlib import Path

from stdnum.fr import nir

FOLDER = Path(__file__).parent
EFFECTS = FOLDER.parents[3] / "sample_data" / "calibration" / "effects.csv"
SURNAMES = ("Lunedor", "Brisemont", "Caradanne", "Vertefeuil", "Ombrelle", "Quatrevaux")
FICTION = ("06 39 98", "01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49")

draw = random.Random(20260101)  # noqa: S311
Line = tuple[str, str, str]


def number(digits: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(digits))


def birth() -> tuple[str, str, str]:
    return str(draw.randint(1930, 2012)), f"{draw.randint(1, 12):02}", f"{draw.randint(1, 28):02}"


def social_security(department: str | None = None) -> str:
    year, month, _ = birth()
    place = department or f"{draw.randint(1, 95):02}"
    return f"{draw.choice('12')}{year[2:]}{month}{place}{draw.randint(1, 800):03}{draw.randint(1, 900):03}"


def identifiers() -> Iterator[Line]:
    for n in range(70):
        plain = social_security(("2A", "2B", None, None, None)[n % 5])
        keyed = plain + nir.calc_check_digits(plain)
        grouped = nir.format(keyed)
        yield from [("nir", "text", (plain, keyed, grouped, f"Prurit {grouped}", grouped[:-3])[n % 5])]
        yield from [("nir", "identifier", (plain, keyed)[n % 2])] if n % 5 == 0 else []
    for n in range(60):
        local = FICTION[n % 6] + f" {number(2)} {number(2)}"
        closed, pairs = local.replace(" ", ""), local.split()
        abroad = ("+32 475 12 34 ", "+44 20 7946 09", "+49 30 901820 ", "+41 44 668 18 ", "+1 212 555 01")[n % 5]
        forms = (local, closed, ".".join(pairs), "-".join(pairs), "/".join(pairs), f"+33{closed[1:]}",
                 f"+33 (0){local[1:]}", f"0033 {local[1:]}", f"Tél:{closed}", abroad + number(2))  # fmt: skip
        yield "phone", "text", forms[n % 10]
        if n % 10 in (1, 2, 3):
            yield "phone", "identifier", forms[n % 10]
    for n in range(40):
        name = draw.choice(SURNAMES).lower()
        yield (
            "email",
            "text",
            (f"{name}{n}@example.org", f"a.{name}@chu.example.fr", f"voir {name}_{n}@example.com")[n % 3],
        )
    for n in range(60):
        year, month, day = birth()
        letters = "".join(draw.choice("BDFGJKLMNPRTV") for _ in range(2 + n % 2))
        dotted = ".".join(letters) + "."
        closed = f"{letters}{year}{month}{day}"
        forms = (f"{letters} {day}/{month}/{year}", f"{dotted} {year}-{month}-{day}", f"{letters}-{day}{month}{year}",
                 f"{letters}_{year}-{month}-{day}", f"{day}/{month}/{year} {letters}", closed)  # fmt: skip
        yield "initials_date", "identifier" if n % 6 in (2, 3, 5) else "text", forms[n % 6]
    for n in range(30):
        year, month, day = birth()
        yield (
            "birth_date",
            "text",
            (f"née le {day}/{month}/{year}", f"DDN {year}-{month}-{day}", f"born {day}.{month}.{year}")[n % 3],
        )
        named = f"{day} {('janvier', 'mars', 'août', 'décembre')[n % 4]} {year}"
        forms = (f"{day}/{month}/{year}", f"{year}-{month}-{day}", f"{day}{month}{year}", named,
                 f"{day}.{month}.{year}", f"{day}/{month}/{year[2:]}")  # fmt: skip
        yield "birth_date", "year", forms[n % 6]
    for n in range(30):
        context = "identifier" if n % 3 == 0 else "text"
        yield "file_number", context, (f"IPP{number(8)}", f"NIP : {number(10)}", f"dossier n° {number(6)}")[n % 3]
    for n in range(20):
        yield "person", "text", f"{('Mme', 'M.', 'Dr', 'Monsieur', 'Pr')[n % 5]} {draw.choice(SURNAMES)}"
        street = ("rue des Lilas", "avenue du Phare", "bd de la Source", "impasse Verte")[n % 4]
        yield (
            "address",
            "text",
            f"{draw.randint(1, 200)} {street}" if n % 5 else f"{draw.randint(10000, 95999)} OMBREVAL",
        )


def harmless() -> Iterator[Line]:
    for n in range(100):
        centre, patient = f"{draw.randint(1, 120):03}", f"{draw.randint(1, 999):04}"
        for style, value in {
            "letter and number": f"P{n * 9973:07}", "centre and number": f"{centre}-{patient}",
            "three parts": f"FR-{centre}-{patient}", "two, three, five": f"{centre[1:]}-{patient[1:]}-{number(5)}",
            "hexadecimal": draw.randbytes(8).hex(), "uuid": str(uuid.UUID(bytes=draw.randbytes(16))),
            "year and number": f"E-{draw.randint(2016, 2026)}-{number(6)}", "padded number": f"{n:010}",
            "ten digits": number(10), "thirteen digits": number(13), "letters and eight digits": f"CHU{number(8)}",
            "visit of a day": f"VIS-2021-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            "initials and number": f"{draw.choice('ABD')}{draw.choice('KLM')}-{number(4)}",
        }.items():  # fmt: skip
            yield style, "identifier", value
    for n in range(70):
        day = f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/{draw.randint(2015, 2026)}"
        yield "CIP code", "text", f"34009{number(8)}"
        yield "EAN code", "text", f"3{number(12)}"
        yield "lot number", "text", ("A", "LOT ", "L", "B")[n % 4] + number(5 + n % 3)
        yield "date", "text", (day, "-".join(reversed(day.split("/"))), f"{day} 10:30")[n % 3]
        yield "dated label", "text", (f"V{n} {day}", f"EMG {day}", f"Visite du {day}")[n % 3]
        yield "dose", "text", (f"{n * 25} mg/j", f"{n} mg x 2", f"{n},5 mg/kg", f"{n} gélules sur 28 j")[n % 4]
        yield "visit", "text", (f"Mois {n}", f"M{n}", f"Week {n}", f"Cycle {n} jour 1", f"J{n * 7}")[n % 5]
        yield "version", "text", (f"MedDRA {n % 9 + 20}.1", f"v{n}.0", f"Protocole V{n} 2019")[n % 3]
    with EFFECTS.open(encoding="utf-8", newline="") as lines:
        yield from (("preferred term", "text", line["pt_label"]) for line in csv.DictReader(lines))


def main() -> None:
    """Write both lists."""
    for name, lines in {"identifiers": identifiers(), "harmless": harmless()}.items():
        with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("sort", "context", "value"), *lines])


if __name__ == "__main__":
    main()
