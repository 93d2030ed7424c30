#!/usr/bin/env python3
"""Makes what a council would have before it on the day of a release: a consent list from every school,
an export of its caseload system, and Pillarbox's settings. All persons and schools are made up; the
same seed makes the same set but for the key, whatever the machine.

    generate.py --schools 4000 --pupils 300 --records 2000000 --out DIR

DIR then holds pillarbox.toml, schools.d/, boxes/<school>/inbox/leavers.csv, the extract under
state/council/extracts/, and school.key, the age key of every made-up person, for opening what they get.
"""

import argparse
import itertools
import multiprocessing
import os
import random
import shutil
import subprocess
import time
from datetime import date, timedelta
from pathlib import Path

PERIOD_END = "2027-02-28"
SIGNED = "2026-09-14"
EXTRACT = f"caseload-{PERIOD_END}.csv"
LIST_HEADER = "Forename,Surname,DOB,UPN,ULN,Consent,Consent date"
EXTRACT_HEADER = (
    "YoungPersonsID,CohortStatus,GivenName,FamilyName,DOB,UniqueLearnerNo,UniquePupilNumber,Year11School,"
    "ActivityCode,StartDate,DateVerified,DueToLapseDate,CurrencyLapsed,EstablishmentName,SENDFlag,PeriodEnd"
)

# How the made-up world goes wrong, each as a share of its rows.
CONSENT_YES, CONSENT_NO = 0.90, 0.07  # the rest left the cell empty
LIST_WITHOUT_UPN, LIST_WITHOUT_ULN, TWINS = 0.01, 0.04, 0.01
IN_EXTRACT, SURNAME_CHANGED, OTHER_SCHOOL, WITHOUT_UPN, WITHOUT_ULN = 0.97, 0.02, 0.015, 0.05, 0.10
LAPSED, SEND = 0.02, 0.054

# Activity codes by how many of a thousand young people have them (domain: national figures of 2025).
CODES = {
    210: 350, 220: 95, 230: 365, 240: 2, 250: 8, 260: 2, 270: 8, 280: 10, 290: 1, 310: 45, 320: 8, 330: 14,
    340: 6, 350: 3, 360: 5, 380: 2, 410: 6, 430: 4, 450: 2, 460: 3, 530: 4, 540: 2, 550: 1, 610: 3, 619: 18,
    620: 1, 630: 2, 640: 4, 650: 1, 670: 2, 680: 1, 710: 1, 810: 14, 820: 5, 830: 3,
}  # fmt: skip
STATUSES = ["P"] * 985 + ["A"] * 5 + ["T"] * 4 + ["E"] * 3 + ["M"] * 2 + ["D"]

FORENAMES = [
    head + tail
    for head in "Al Bren Cal Dor El Fen Gar Hol Is Jor Kel Lor Mer Nor Or Per Quil Ros Sel Tam Ul Vel Wil Yor Zan".split()
    for tail in "a an ara as by den eth ian ick iel in ina is la lan mir na ny oë on ora ric sa ten tha us wen".split()
]
PLAIN_SURNAMES = [
    head + tail
    for head in (
        "Amber Ash Bar Birch Black Bram Copper Crab Dun Elder Ember Fal Fern Flint Gold Grim Hazel Heather Hollow Iron "
        "Juniper Kettle Lark Linden Marl Mist Moss Nettle Oak Otter Pebble Pond Quarry Raven Reed Rook Sedge Sparrow "
        "Stone Thistle Thorn Timber Umber Vale Walnut Whisper Willow Winter Wren Yarrow"
    ).split()
    for tail in (
        "by croft dale den fell field ford gate grove ham holt hurst land ley low mere more ridge shaw side stead thorpe "
        "ton wade ward well wick worth"
    ).split()
]


def surnames():
    """Plain ones, and a few with a hyphen or an apostrophe."""
    rng = random.Random("surnames")
    double = [f"{a}-{b}" for a, b in zip(rng.choices(PLAIN_SURNAMES, k=60), rng.choices(PLAIN_SURNAMES, k=60))]
    irish = ["O'" + name for name in rng.choices(PLAIN_SURNAMES, k=30)]
    return PLAIN_SURNAMES + double + irish


SURNAMES = surnames()


def days(first, last):
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def births(year):
    """The school year of those born from September of `year`, as lists and as extracts write it."""
    return [(day.strftime("%d/%m/%Y"), day.isoformat()) for day in days(date(year, 9, 1), date(year + 1, 8, 31))]


def consents(rng):
    """A thousand ends of rows: consent and its date."""
    dates = [day.strftime("%d/%m/%Y") for day in days(date(2026, 5, 1), date(2026, 7, 10))]
    yes = [f"Yes,{day}" for day in rng.choices(dates, k=round(1000 * CONSENT_YES))]
    no = ["No,"] * round(1000 * CONSENT_NO)
    return yes + no + [","] * (1000 - len(yes) - len(no))


def situations(rng):
    """Ends of extract rows: what a young person does, from the activity code to the end of the period."""
    town = rng.choices(PLAIN_SURNAMES, k=1500)
    began = [day.isoformat() for day in days(date(2026, 9, 1), date(2026, 9, 25))]
    verified = [day.isoformat() for day in days(date(2026, 10, 1), date(2027, 2, 26))]
    ends = []
    for code in rng.choices(list(CODES), weights=CODES.values(), k=20000):
        name = provider(code, rng.choice(town))
        lapses = {2: "2027-08-31", 3: "2027-09-30", 4: "2027-07-31", 5: "2027-05-31"}.get(code // 100, "")
        lapsed, send = rng.random() < LAPSED, rng.random() < SEND or code in (280, 460)
        if lapsed:
            lapses = "2026-12-31"
        cells = [code, rng.choice(began), rng.choice(verified), lapses, "NY"[lapsed], name, "NY"[send], PERIOD_END]
        ends.append(",".join(map(str, cells)))
    return ends


def provider(code, town):
    named = {
        210: f"{town} High School", 220: f"{town} Sixth Form College", 230: f"{town} College",
        240: f"University of {town}", 280: f"{town} Specialist College", 310: f'"{town} & Daughters, Builders"',
    }  # fmt: skip
    return named.get(code, "" if code >= 540 else f"{town} Ltd")


# The last three digits of a UPN with what they add to its sum (weights 11, 12, 13).
SERIALS = [(f"{n:03}", (11 * (n // 100) + 12 * (n // 10 % 10) + 13 * (n % 10)) % 23) for n in range(1000)]
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def upns(school, year):
    """The UPNs of one school and year of entry, from serial 001."""
    stem = f"{school}{year:02}"
    weighed = sum(int(digit) * weight for weight, digit in enumerate(stem, 2))
    for serial, adds in SERIALS[1:]:
        yield f"{LETTERS[(weighed + adds) % 23]}{stem}{serial}"


def uln_tails(remainder):
    """The ends of the ULNs whose first five digits leave this remainder: four digits and the check."""
    ends = []
    for n in range(10000):
        low = f"{n:04}"
        left = (remainder + sum(int(digit) * weight for weight, digit in zip((5, 4, 3, 2), low))) % 11
        if left:  # a remainder of 0 has no check digit
            ends.append(f"{low}{10 - left}")
    return ends


ULN_TAILS = [uln_tails(remainder) for remainder in range(11)]


def ulns(block):
    """Some 9,090 ULNs that begin with the five digits of `block`."""
    remainder = sum(int(digit) * weight for weight, digit in zip((10, 9, 8, 7, 6), str(block))) % 11
    return (f"{block}{tail}" for tail in ULN_TAILS[remainder])


def school_id(number):
    """860/4001 upward, a hundred schools to a local authority; after 998 come 200 to 859."""
    authority = 860 + number // 100
    return f"{authority if authority < 999 else authority - 799}{4001 + number % 100}"


class Part:
    """Every n-th school with its part of the extract, so that no two neighbours in it are one school's."""

    def __init__(self, plan, number):
        self.plan, self.number = plan, number
        self.rng = random.Random(f"{plan.seed}/{number}")
        self.consents, self.situations = consents(self.rng), situations(self.rng)
        self.schools = range(number, plan.schools, plan.parts)
        self.records = plan.records // plan.parts + (number < plan.records % plan.parts)
        self.rows = []

    def make(self):
        for number in self.schools:
            self.write_school(number)
        del self.rows[self.records :]
        self.add_others(self.records - len(self.rows))
        self.rng.shuffle(self.rows)
        path = self.plan.out / f".part-{self.number}"
        path.write_text("".join(self.rows), encoding="utf-8")
        return path

    def write_school(self, number):
        school = school_id(number)
        inbox = self.plan.out / "boxes" / school / "inbox"
        inbox.mkdir(parents=True)
        lines = [LIST_HEADER, *self.pupils(school, number), ""]
        (inbox / "leavers.csv").write_text("\r\n".join(lines), encoding="utf-8", newline="")
        settings = self.plan.out / "schools.d" / f"{school}.toml"
        settings.write_text(school_toml(school, self.plan.recipient, self.rng.choice(PLAIN_SURNAMES)), encoding="utf-8")

    def pupils(self, school, number):
        """The rows of a school's list; what the council knows of the same pupils goes to the extract."""
        rng, chance, count = self.rng, self.rng.random, self.plan.pupils
        seen = zip(
            rng.choices(FORENAMES, k=count),
            rng.choices(SURNAMES, k=count),
            rng.choices(COHORT, k=count),
            upns(school, 14),
            ulns(10001 + number),
            rng.choices(self.consents, k=count),
        )
        surname = birth = None
        for forename, new_surname, new_birth, upn, uln, consent in seen:
            if surname is None or chance() >= TWINS:
                surname, birth = new_surname, new_birth
            if chance() < self.plan.in_extract:
                self.add_pupil(forename, surname, birth[1], upn, uln, school)
            upn = upn if chance() >= LIST_WITHOUT_UPN else ""
            uln = uln if chance() >= LIST_WITHOUT_ULN else ""
            yield f"{forename},{surname},{birth[0]},{upn},{uln},{consent}"

    def add_pupil(self, forename, surname, born, upn, uln, school):
        fate = self.rng.random()
        if fate < SURNAME_CHANGED:
            surname = self.rng.choice(SURNAMES)
        elif fate < SURNAME_CHANGED + OTHER_SCHOOL:
            school = school_id(self.rng.randrange(self.plan.schools))
        elif fate < SURNAME_CHANGED + OTHER_SCHOOL + WITHOUT_UPN:
            upn = ""
        self.add(forename, surname, born, "" if self.rng.random() < WITHOUT_ULN else uln, upn, school)

    def add_others(self, count):
        """Young people of the year above, from the same schools: nobody asked about them."""
        rng, block = self.rng, 50000 + 1000 * self.number
        theirs = itertools.chain.from_iterable(ulns(block + n) for n in itertools.count())
        schools = [school_id(rng.randrange(self.plan.schools)) for _ in range(count // 500 + 1)]
        # A UPN area of their own, because the schools above give their numbers out whole.
        numbers = itertools.chain.from_iterable(
            upns(f"{200 + self.number:03}{n:04}", 13) for n in itertools.count(2000)
        )
        seen = zip(
            rng.choices(FORENAMES, k=count),
            rng.choices(SURNAMES, k=count),
            rng.choices(YEAR_ABOVE, k=count),
            theirs,
            numbers,
            rng.choices(schools, k=count),
        )
        for forename, surname, birth, uln, upn, school in seen:
            self.add(forename, surname, birth[1], uln, upn, school)

    def add(self, forename, surname, born, uln, upn, school):
        client = f"860{self.number * 10_000_000 + len(self.rows):010}"
        status, end = self.rng.choice(STATUSES), self.rng.choice(self.situations)
        self.rows.append(f"{client},{status},{forename},{surname},{born},{uln},{upn},{school},{end}\n")


COHORT, YEAR_ABOVE = births(2009), births(2008)


def school_toml(school, recipient, town):
    return f"""id = "{school}"
name = "{town} Academy {school[3:]}"

[agreement]
signed = {SIGNED}

[[person]]
name = "Alex Example"
keys = []
age = "{recipient}"
authorised_by = "Headteacher"
authorised_on = {SIGNED}
until = 2028-07-31
"""


def pillarbox_toml(out):
    return f"""state = "{out}/state"
boxes = "{out}/boxes"
schools = "{out}/schools.d"
keys = "{out}/keys"

[council]
name = "Exampleshire County Council"
la = 860
domain = "exampleshire.example"
contact = "careers@exampleshire.example"
privacy_notice = "https://exampleshire.example/privacy"
"""


def age_key(path):
    """One key for everybody: the cost of sealing is the same, and a test can open every file."""
    if not path.exists():
        subprocess.run(["age-keygen", "-o", path], check=True, stderr=subprocess.DEVNULL)
    told = subprocess.run(["age-keygen", "-y", path], check=True, capture_output=True, text=True)
    return told.stdout.strip()


def write_extract(out, parts):
    folder = out / "state" / "council" / "extracts"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{EXTRACT}.part"
    with unfinished.open("wb") as extract:
        extract.write(f"{EXTRACT_HEADER}\n".encode())
        for part in parts:
            with part.open("rb") as rows:
                shutil.copyfileobj(rows, extract, 1 << 22)
            part.unlink()
    # Later than its last byte by more than a clock tick, so that it counts as complete at once.
    time.sleep(0.1)
    unfinished.rename(folder / EXTRACT)


def make_part(task):
    plan, number = task
    return Part(plan, number).make()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, default=400)
    parser.add_argument("--pupils", type=int, default=300, help="on each school's list, at most 999")
    parser.add_argument("--records", type=int, default=200_000, help="in the extract")
    parser.add_argument("--out", type=Path, required=True, help="a folder without boxes")
    parser.add_argument("--seed", type=int, default=2027)
    plan = parser.parse_args()
    if not (0 < plan.schools <= 39_000 and 0 < plan.pupils <= 999):
        parser.error("1 to 39,000 schools, 1 to 999 pupils: more would use identifiers twice")
    plan.out = plan.out.resolve()
    if (plan.out / "boxes").exists():
        parser.error(f"{plan.out}/boxes is there already")
    return plan


def main():
    plan = arguments()
    plan.parts = min(16, plan.schools)
    plan.in_extract = min(IN_EXTRACT, plan.records / (plan.schools * plan.pupils))
    (plan.out / "schools.d").mkdir(parents=True, exist_ok=True)
    plan.recipient = age_key(plan.out / "school.key")
    with multiprocessing.Pool(min(os.cpu_count() or 1, plan.parts)) as pool:
        parts = pool.map(make_part, [(plan, number) for number in range(plan.parts)], chunksize=1)
    write_extract(plan.out, parts)
    (plan.out / "pillarbox.toml").write_text(pillarbox_toml(plan.out), encoding="utf-8")


if __name__ == "__main__":
    main()
