// Numbers and moments as cells hold them, and as text.

/** Whether a text is a number in decimal digits, as the daemon reads them: no spaces, no other base. */
export function isDecimal(text: string): boolean {
  return /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text);
}

/** The number of a text; nothing where it is none. */
export function numberOf(text: string): number | undefined {
  if (isDecimal(text)) return Number(text);
  const odd = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(text);
  if (odd === null) return undefined;
  return odd[2] === undefined ? NaN : odd[1] === "-" ? -Infinity : Infinity;
}

/** A number in full: a ULN has ten digits and no exponent. */
export function writtenOut(number: number): string {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  const text = Object.is(number, -0) ? "-0" : String(number);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = "", first = "", rest = "", exponent = ""] = parts;
  const digits = first + rest;
  const point = Number(exponent) + 1;
  return point <= 0 ? `${sign}0.${"0".repeat(-point)}${digits}` : sign + digits.padEnd(point, "0");
}

/**
 * The moment of a day's number: `yyyy-mm-dd`, with the time behind it where there is one. Days are counted as
 * Excel counts them, with a 29 February 1900 that never was, or from 1904 on.
 */
export function moment(serial: number, since1904: boolean): string {
  const most = since1904 ? LAST_DAY_1904 : LAST_DAY_1900;
  const whole = Math.floor(serial);
  const days = Number.isNaN(whole) ? 0 : Math.min(Math.max(whole, 0), most);
  const time = (serial - Math.trunc(serial)) * DAY_SECONDS;
  let seconds = Number.isNaN(time) ? 0 : Math.max(Math.trunc(time), 0);
  let milli = Math.max(Math.round((time - Math.trunc(time)) * 1000), 0);
  if (milli === 1000) [seconds, milli] = [seconds + 1, 0];
  if (seconds === DAY_SECONDS) return moment(whole + 1, since1904);
  const date = dateOf(days, since1904);
  if (seconds === 0 && (milli === 0 || Number.isNaN(milli))) return date;
  const parts = [seconds / 3600, (seconds % 3600) / 60, seconds % 60];
  return `${date}T${parts.map((part) => two(Math.floor(part))).join(":")}`;
}

function dateOf(days: number, since1904: boolean): string {
  if (since1904) return iso(Date.UTC(1904, 0, 1 + days));
  if (days === 60) return "1900-02-29";
  return iso(days < 60 ? Date.UTC(1900, 0, days) : Date.UTC(1899, 11, 30 + days));
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

const DAY_SECONDS = 86_400;

/** The last days of the year 9999. */
const LAST_DAY_1900 = 2_958_465;
const LAST_DAY_1904 = 2_957_003;
