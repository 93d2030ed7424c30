// Days as schools write them. Always day first; a value that only reads month first says so, because then
// its neighbours can't be trusted either. The mirror of the daemon's `reading::dates`, where it reads lists:
// a time may stand behind a day only if it is midnight.

import { dayOf, daysAfter, parts, type Day } from "../domain/days";
import { asciiLower } from "../domain/letters";
import { rules } from "../rules";

/** What a cell of dates says. */
export type Written =
  | { readonly is: "day"; readonly day: Day }
  /** A bare number such as Excel keeps days in. Whether it is a day depends on its whole column. */
  | { readonly is: "serial"; readonly serial: number }
  /** Month first, and in no other way a date. */
  | { readonly is: "month-first" }
  /** No date, or one of two readings. */
  | { readonly is: "unreadable" };

/** Reads a trimmed cell. */
export function readDate(text: string): Written {
  const digits = leadingDigits(text);
  const rest = text.slice(digits.length);
  if (digits.length === 8 && isMidnight(rest)) return compactDay(digits);
  if (digits.length >= 1 && digits.length <= 6 && NO_FRACTION.test(rest)) {
    return { is: "serial", serial: Number(digits) };
  }
  if (digits.length === 4) return yearFirst(digits, rest);
  if (digits.length === 1 || digits.length === 2) return dayFirst(Number(digits), rest);
  return UNREADABLE;
}

/** The day of one of Excel's serial numbers in its 1900 system. */
export function dayOfSerial(serial: number): Day | undefined {
  const day = daysAfter(EXCEL_DAY_ZERO, serial);
  return isYearRead(parts(day)[0]) ? day : undefined;
}

// `20100901`.
function compactDay(digits: string): Written {
  return writtenDay(digits.slice(0, 4), digits.slice(4, 6), digits.slice(6));
}

// `2010-09-01`.
function yearFirst(year: string, rest: string): Written {
  const [, , month = "", ofMonth = "", behind = ""] = YEAR_FIRST.exec(rest) ?? [];
  return month !== "" && isMidnight(behind) ? writtenDay(year, month, ofMonth) : UNREADABLE;
}

// `01/09/2010`, `1-Sep-2010`, `1 September 2010`.
function dayFirst(ofMonth: number, rest: string): Written {
  const [, separator, said = "", year = "", behind = ""] = DAY_FIRST.exec(rest) ?? [];
  const named = /^[A-Za-z]/.test(said);
  const month = named ? monthNamed(said) : separator === " " ? undefined : Number(said);
  if (year === "" || month === undefined || !isMidnight(behind)) return UNREADABLE;
  if (!named && ofMonth >= 1 && ofMonth <= 12 && month >= 13 && month <= 31) {
    return { is: "month-first" };
  }
  return year.length === 4 ? writtenDay(year, month, ofMonth) : UNREADABLE;
}

function writtenDay(year: string, month: string | number, ofMonth: string | number): Written {
  if (!isYearRead(Number(year))) return UNREADABLE;
  const day = dayOf(Number(year), Number(month), Number(ofMonth));
  return day === undefined ? UNREADABLE : { is: "day", day };
}

function monthNamed(letters: string): number | undefined {
  const name = asciiLower(letters);
  if (name === "sept") return 9;
  const month = rules.months.findIndex((whole) => name === whole || name === whole.slice(0, 3));
  return month === -1 ? undefined : month + 1;
}

function isYearRead(year: number): boolean {
  const [first = 0, last = 0] = rules.years;
  return year >= first && year <= last;
}

// Nothing, or midnight behind `T` or a space: another time may be the trace of a time zone, and the day the
// wrong one.
function isMidnight(rest: string): boolean {
  return rest === "" || MIDNIGHT.test(rest);
}

function leadingDigits(text: string): string {
  return /^[0-9]*/.exec(text)?.[0] ?? "";
}

const UNREADABLE: Written = { is: "unreadable" };

const YEAR_FIRST = /^([-/.])([0-9]{1,2})\1([0-9]{1,2})(?![0-9])(.*)$/s;
const DAY_FIRST = /^([-/. ])([A-Za-z]+|[0-9]{1,2})\1([0-9]{2}|[0-9]{4})(?![0-9])(.*)$/s;
const MIDNIGHT = /^[T ]0{1,9}(?:[:.]0{1,9}){1,3}(?:\+00:00)?Z?$/;
const NO_FRACTION = /^(?:\.0+)?$/;

// Excel's day 0 for all days from March 1900 on; before, it believes in a 29 February 1900.
const EXCEL_DAY_ZERO = "1899-12-30" as Day;
