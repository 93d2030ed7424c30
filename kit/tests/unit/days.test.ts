import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, daysAfter, today, written, type Day } from "../../src/domain/days";

test("days that no calendar has are none", () => {
  assert.equal(dayOf(2010, 2, 29), undefined);
  assert.equal(dayOf(2012, 2, 29), "2012-02-29");
  assert.equal(dayOf(2010, 13, 1), undefined);
});

test("a day is told as an English person writes it", () => {
  assert.equal(written("2010-08-31" as Day), "31/08/2010");
  assert.equal(daysAfter("2027-12-31" as Day, 1), "2028-01-01");
});

test("today is the day in England", () => {
  assert.equal(today(new Date("2027-06-30T23:30:00Z")), "2027-07-01");
  assert.equal(today(new Date("2027-12-31T23:30:00Z")), "2027-12-31");
});
