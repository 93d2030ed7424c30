#!/usr/bin/env python3
"""The rival: the script that an analyst would write for the same day with DuckDB and the age command.
It joins, filters, labels and encrypts; it gives no receipts, and keeps no ledger and no trail.

    analyst.py DIR        DIR as generate.py makes it; the files go to DIR/rival/

Prints seconds, the peak of its memory, and how many rows it told to how many schools.
"""

import csv
import io
import itertools
import json
import re
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

AT_ONCE = 2
CODES = Path(__file__).parents[2] / "tests" / "vectors" / "activity_codes.json"
HEADER = [
    "Forename", "Surname", "Date of birth", "Destination type", "Provider or employer", "Start date", "Confirmed on",
]  # fmt: skip

LOAD = r"""
CREATE TABLE consents AS
SELECT row_number() OVER () AS id, regexp_extract(filename, 'boxes/(\d{7})/', 1) AS school,
       Forename AS forename, Surname AS surname, strptime(DOB, '%d/%m/%Y')::DATE AS dob, UPN AS upn, ULN AS uln
FROM read_csv('{dir}/boxes/*/inbox/*.csv', header = true, all_varchar = true, filename = true)
WHERE lower(trim(Consent)) IN ('yes', 'y', 'true', '1', 'agreed');

CREATE TABLE extract AS
SELECT GivenName AS forename, FamilyName AS surname, DOB::DATE AS dob, UniqueLearnerNo AS uln,
       UniquePupilNumber AS upn, Year11School AS school, ActivityCode::INT AS code, EstablishmentName AS provider,
       StartDate AS started, DateVerified AS confirmed, CurrencyLapsed = 'Y' AS lapsed
FROM read_csv('{dir}/state/council/extracts/*.csv', header = true, all_varchar = true)
WHERE CohortStatus NOT IN ('D', 'M', 'T', 'E', 'X', 'L');

CREATE TABLE labels AS
SELECT code::INT AS code, label FROM (SELECT unnest($codes) AS code, unnest($labels) AS label);
"""

JOIN = """
CREATE TABLE matched AS
SELECT c.id, e.* EXCLUDE (forename, surname, dob, upn, uln, school)
FROM consents c JOIN extract e ON e.upn = c.upn AND e.dob = c.dob;

INSERT INTO matched
SELECT c.id, e.* EXCLUDE (forename, surname, dob, upn, uln, school)
FROM consents c ANTI JOIN matched m ON m.id = c.id JOIN extract e ON e.uln = c.uln AND e.dob = c.dob;

INSERT INTO matched
SELECT c.id, e.* EXCLUDE (forename, surname, dob, upn, uln, school)
FROM consents c ANTI JOIN matched m ON m.id = c.id
JOIN extract e ON lower(e.forename) = lower(c.forename) AND lower(e.surname) = lower(c.surname)
              AND e.dob = c.dob AND e.school = c.school;
"""

ROWS = """
SELECT school, forename, surname, dob::VARCHAR, if(lapsed, 'Not known', label),
       if(lapsed OR m.code >= 600 OR m.code IN (280, 460), NULL, provider), if(lapsed, NULL, started), confirmed
FROM matched m JOIN consents c USING (id) JOIN labels USING (code)
WHERE label <> 'HOLD'
ORDER BY school, surname, forename
"""


def join(folder):
    """Every row that is told, by school."""
    table = json.loads(CODES.read_text(encoding="utf-8"))["codes"]
    codes = {"codes": [row["code"] for row in table], "labels": [row["proposed_release"] for row in table]}
    base = duckdb.connect(config={"threads": AT_ONCE})
    for statement in LOAD.replace("{dir}", str(folder)).split(";"):
        if statement.strip():
            base.execute(statement, codes if "$codes" in statement else None)
    base.execute(JOIN)
    return base.execute(ROWS).fetchall()


def encrypt(recipient, target, rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(row[1:] for row in rows)
    plain = ("\ufeff" + text.getvalue()).encode()
    subprocess.run(["age", "-r", recipient, "-o", target], input=plain, check=True)


def recipient(folder, school):
    settings = (folder / "schools.d" / f"{school}.toml").read_text(encoding="utf-8")
    return re.search(r'^age = "(age1\w+)"', settings, re.MULTILINE)[1]


def main():
    began = time.perf_counter()
    folder = Path(sys.argv[1]).resolve()
    target = folder / "rival"
    target.mkdir()
    rows = join(folder)
    joined = time.perf_counter()
    schools = [(school, list(theirs)) for school, theirs in itertools.groupby(rows, key=lambda row: row[0])]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = [
            pool.submit(encrypt, recipient(folder, school), target / f"{school}_destinations.csv.age", theirs)
            for school, theirs in schools
        ]
        for one in done:
            one.result()
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"joined in {joined - began:.1f} s, encrypted in {ended - joined:.1f} s")
    print(f"seconds {ended - began:.1f}, peak {peak} MiB, {len(rows)} rows to {len(schools)} schools")


if __name__ == "__main__":
    main()
