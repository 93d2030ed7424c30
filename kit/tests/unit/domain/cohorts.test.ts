import assert from "node:assert/strict";
import { test } from "node:test";
import { birthday, schoolYear, yearGroup, yearsAfter } from "../../../src/domain/cohorts";
import type { Day } from "../../../src/domain/days";

const day = (text: string) => text as Day;

test("a school year begins in September", () => {
  assert.equal(schoolYear(day("2026-08-31")), 2025);
  assert.equal(schoolYear(day("2026-09-01")), 2026);
});

test("year 11 is the year in which pupils turn sixteen", () => {
  assert.equal(yearGroup(day("2010-03-01"), day("2025-09-01")), 11);
  assert.equal(yearGroup(day("2010-03-01"), day("2026-08-31")), 11);
  assert.equal(yearGroup(day("2010-03-01"), day("2026-09-01")), 12);
  assert.equal(yearGroup(day("2009-09-01"), day("2026-08-31")), 11);
  assert.equal(yearGroup(day("2010-08-31"), day("2026-08-31")), 11);
});

test("a birthday on a leap day is the 28th, and a leap day is the 28th where there is none", () => {
  assert.equal(birthday(day("2008-02-29"), 18), "2026-02-28");
  assert.equal(birthday(day("2008-02-29"), 16), "2024-02-28");
  assert.equal(birthday(day("2010-03-01"), 18), "2028-03-01");
  assert.equal(yearsAfter(day("2024-02-29"), 2), "2026-02-28");
  assert.equal(yearsAfter(day("2024-02-29"), 4), "2028-02-29");
});
