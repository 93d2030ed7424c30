// Made-up pupils, and the lists and extracts that speak of them.

const FORENAMES = ["Ambrosine", "Barnabee", "Clementyne", "Dorabelle", "Everildo"];
const SURNAMES = ["Bramblesnap", "Candlewisp", "Dumblethorpe", "Elderfudge", "Fiddlewick"];

/** A made-up pupil of Year 12 in 2026. */
export interface Pupil {
  readonly forename: string;
  readonly surname: string;
  /** `yyyy-mm-dd`. */
  readonly born: string;
}

/** The pupil of this number: no two share a name. All were born in one school year. */
export function pupil(n: number): Pupil {
  const born = new Date(Date.UTC(2009, 8, 1 + (n % 360))).toISOString().slice(0, 10);
  const tail = Math.floor(n / 25) === 0 ? "" : `-${letters(Math.floor(n / 25))}`;
  return {
    forename: FORENAMES[n % 5]!,
    surname: `${SURNAMES[Math.floor(n / 5) % 5]!}${tail}`,
    born,
  };
}

/** The first so many pupils. */
export function pupils(count: number): Pupil[] {
  return Array.from({ length: count }, (_, n) => pupil(n));
}

/** A consent list on which each of these says yes. */
export function listOf(all: readonly Pupil[]): string {
  const rows = all.map(({ forename, surname, born }) => {
    return `${forename},${surname},${british(born)},Yes,11/05/2026\n`;
  });
  return `Forename,Surname,Date of birth,Consent,Consent date\n${rows.join("")}`;
}

/** The council's extract of that day, which has each of these at a made-up place. */
export function extractOf(all: readonly Pupil[], school: string, day: string): string {
  const header =
    "Client id,Forename,Surname,Date of birth,Year 11 school,Activity code," +
    "Provider or employer,Start date,Confirmed on,PeriodEnd\n";
  const rows = all.map(({ forename, surname, born }, n) => {
    const [code, provider] = PLACES[n % PLACES.length]!;
    const cells = [860000 + n, forename, surname, born, school, code, provider];
    return `${cells.join(",")},2026-09-03,2026-10-15,${day}\n`;
  });
  return header + rows.join("");
}

/** `yyyy-mm-dd` as schools write it. */
export function british(day: string): string {
  return `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
}

// A formula among them, because the council's people type anything.
const PLACES: readonly (readonly [number, string])[] = [
  [210, "Nowhere Sixth Form"],
  [220, '"College of Making-Up, The"'],
  [330, "=Invented & Daughters"],
  [540, ""],
];

function letters(n: number): string {
  const letter = String.fromCharCode(97 + (n % 26));
  return n < 26 ? letter.toUpperCase() : letters(Math.floor(n / 26)) + letter;
}
