import assert from "node:assert/strict";
import { test } from "node:test";
import { daysAfter, parts, written as dayFirst, type Day } from "../../../src/domain/days";
import { dayOfSerial, readDate } from "../../../src/reading/dates";
import { rules } from "../../../src/rules";

const day = (text: string) => {
  const read = readDate(text);
  return read.is === "day" ? read.day : read.is;
};

test("the forms of the contract are read", () => {
  for (const text of [
    "01/09/2010",
    "1/9/2010",
    "01-09-2010",
    "01.09.2010",
    "1.9.2010",
    "2010-09-01",
    "2010/9/1",
    "20100901",
    "01-Sep-2010",
    "1-sep-2010",
    "01 SEP 2010",
    "1 September 2010",
    "1-Sept-2010",
    "01/09/2010 00:00",
    "01/09/2010 00:00:00",
    "2010-09-01T00:00:00",
    "2010-09-01 00:00:00.000",
    "2010-09-01T00:00:00Z",
    "2010-09-01T00:00:00+00:00",
    "20100901T00:00:00",
    "1 September 2010 00:00",
  ]) {
    assert.equal(day(text), "2010-09-01", text);
  }
  assert.equal(day("03/04/2010"), "2010-04-03");
  assert.equal(day("29/02/2008"), "2008-02-29");
});

test("what is no date is not made into one", () => {
  for (const text of [
    "",
    "1-Sep-10",
    "01/09/10",
    "29/02/2010",
    "31/31/2010",
    "2010-31-08",
    "01/09-2010",
    "1/9/20100",
    "2010-09-01T13:00:00",
    "2010-09-01T00:00:00+01:00",
    "01/09/2010 23:00",
    "01/09/2010 00",
    "1st September 2010",
    "Sep 1 2010",
    "01092010",
    "01/09/1066",
    "01/Smarch/2010",
    "01 09 2010",
    "１/9/2010",
    "-1/9/2010",
    "40422.5",
    "4042200",
    "01/09/2010x",
    "01/09/2010\n",
    "Count: 143",
  ]) {
    assert.equal(day(text), "unreadable", text);
  }
});

test("a value that only reads month first says so", () => {
  for (const text of ["08/31/2009", "8-31-2009", "12.13.2009 00:00", "08/31/09"]) {
    assert.equal(day(text), "month-first", text);
  }
  assert.equal(day("31/08/2009"), "2009-08-31");
  assert.equal(day("00/31/2009"), "unreadable");
});

test("serials are told apart from dates", () => {
  assert.deepEqual(readDate("40422"), { is: "serial", serial: 40422 });
  assert.deepEqual(readDate("40422.0"), { is: "serial", serial: 40422 });
  assert.equal(dayOfSerial(40422), "2010-09-01");
  assert.equal(dayOfSerial(0), undefined);
  assert.equal(dayOfSerial(999_999), undefined);
});

test("every day reads back", () => {
  for (let days = 0; days < 70_000; days += 7) {
    const expected = daysAfter("1905-01-01" as Day, days);
    const [year, month, ofMonth] = parts(expected);
    for (const text of [
      dayFirst(expected),
      expected,
      expected.replaceAll("-", ""),
      `${ofMonth} ${rules.months[month - 1]} ${year}`,
      `${ofMonth}-${rules.months[month - 1]?.slice(0, 3).toUpperCase()}-${year}`,
    ]) {
      assert.equal(day(text), expected);
    }
  }
});
