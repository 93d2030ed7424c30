// Days of a pupil's school life: school years, cohorts, birthdays. The mirror of the daemon's
// `domain::days`; reads no clock.

import { dayOf, parts, type Day } from "./days";

/** The calendar year in which the school year of this day began (1 September). */
export function schoolYear(on: Day): number {
  const [year, month] = parts(on);
  return month >= 9 ? year : year - 1;
}

/** The National Curriculum year group that those born on this day are in on another. */
export function yearGroup(born: Day, on: Day): number {
  return schoolYear(on) - schoolYear(born) - 5;
}

/** The same day so many years on; 29 February counts as the 28th where there is none. */
export function yearsAfter(from: Day, years: number): Day {
  const [year, month, ofMonth] = parts(from);
  return dayOf(year + years, month, ofMonth) ?? the28thOfFebruary(year + years);
}

/** The birthday on which someone turns so old. Born on 29 February, that is the 28th, every year. */
export function birthday(born: Day, age: number): Day {
  const [year, month, ofMonth] = parts(born);
  const leapDay = month === 2 && ofMonth === 29;
  return leapDay ? the28thOfFebruary(year + age) : yearsAfter(born, age);
}

function the28thOfFebruary(year: number): Day {
  return `${String(year).padStart(4, "0")}-02-28` as Day;
}
