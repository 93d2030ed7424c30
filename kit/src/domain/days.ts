// Days of the calendar: no clock, no zone but in `today`.

/** A day as `yyyy-mm-dd`. Days of the years 1000 to 9999 compare as text. */
export type Day = string & { readonly __day: true };

/** The day of these numbers, or nothing where the calendar has none. */
export function dayOf(year: number, month: number, ofMonth: number): Day | undefined {
  const date = new Date(Date.UTC(year, month - 1, ofMonth));
  const exists =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === ofMonth;
  return exists ? (date.toISOString().slice(0, 10) as Day) : undefined;
}

/** Year, month (1–12) and day of the month. */
export function parts(day: Day): readonly [number, number, number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
}

/** The day so many days later. */
export function daysAfter(day: Day, days: number): Day {
  const [year, month, ofMonth] = parts(day);
  return new Date(Date.UTC(year, month - 1, ofMonth + days)).toISOString().slice(0, 10) as Day;
}

/** As an English person writes it: `31/08/2010`. */
export function written(day: Day): string {
  return `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
}

/** The day in England at this instant: what the council's daemon calls today. */
export function today(now: Date): Day {
  const shown = new Intl.DateTimeFormat("en-CA", {
    timeZone: "Europe/London",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return shown.format(now) as Day;
}
