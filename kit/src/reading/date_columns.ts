// What a whole column of dates says of each of its cells: whether one of them reads month first, and
// whether all of them are bare numbers that can be days.

import type { Day } from "../domain/days";
import { yearsAfter } from "../domain/cohorts";
import { rules } from "../rules";
import { unwrapped } from "./cells";
import { dayOfSerial, readDate, type Written } from "./dates";
import type { Field } from "./aliases";
import type { Header } from "./header";
import { cellAt, type Row } from "./table";

/** From the first of these days to the last. */
export interface Days {
  readonly first: Day;
  readonly last: Day;
}

/** What one column, or those that are meant by one name, says of its cells. */
export interface DateColumn {
  /** A cell reads month first, and in no other way a date. */
  readonly monthFirst: boolean;
  /** Every cell is a bare number that is a plausible day. */
  readonly serials: boolean;
}

/** The columns of dates that a list may have. */
export interface DateColumns {
  readonly born: DateColumn;
  readonly consented: DateColumn;
  readonly withdrawn: DateColumn;
}

/** Looks at all dates of a list. */
export function dateColumns(header: Header, data: readonly Row[], pupilBorn: Days): DateColumns {
  const { youngest_consent, oldest_consent } = rules.ages;
  const consented = {
    first: yearsAfter(pupilBorn.first, youngest_consent),
    last: yearsAfter(pupilBorn.last, oldest_consent),
  };
  const column = (field: Field, plausible?: Days) => dateColumn(header, data, field, plausible);
  return {
    born: column("born", pupilBorn),
    consented: column("consent_date", consented),
    // A number read as a day too early would let a consent outlive its withdrawal.
    withdrawn: column("withdrawn"),
  };
}

function dateColumn(
  header: Header,
  data: readonly Row[],
  field: Field,
  plausible: Days | undefined,
): DateColumn {
  let monthFirst = false;
  let serials = plausible !== undefined;
  for (const column of header.columns(field)) {
    for (const row of data) {
      const { text } = cellAt(row, column.at);
      if (text === "") continue;
      const written = readDate(unwrapped(text));
      monthFirst ||= written.is === "month-first";
      serials &&= plausible !== undefined && isSerialWithin(written, plausible);
    }
  }
  return { monthFirst, serials };
}

function isSerialWithin(written: Written, days: Days): boolean {
  const day = written.is === "serial" ? dayOfSerial(written.serial) : undefined;
  return day !== undefined && day >= days.first && day <= days.last;
}
