import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { check, type Checked } from "../../../src/checking";
import { cleaned, type CleanList } from "../../../src/cleaning";
import type { Day } from "../../../src/domain/days";

const TODAY = "2026-11-21" as Day;

/** What a judgement says once its rows are numbered as in the clean list, and its columns are left out. */
function said(checked: Checked, clean: CleanList): unknown {
  const rows = new Map(clean.rows.map(({ number }, at) => [number, at + 2]));
  const problems = checked.problems.filter(({ code }) => code !== "encoding-assumed");
  return {
    outcome: checked.outcome,
    counts: checked.counts,
    notes: checked.notes,
    problems: problems.map(({ row, code, severity, message, fix }) => ({
      row: row === null ? null : rows.get(row),
      code,
      severity,
      message: message.replace(/as in row (\d+)/, (_, n) => `as in row ${rows.get(Number(n))}`),
      fix,
    })),
  };
}

/** Checks a list, cleans it, and checks that nothing is said otherwise of what comes out, ever again. */
function checkAndClean(name: string, bytes: Uint8Array): CleanList | undefined {
  const checked = check(name, bytes, TODAY);
  const clean = cleaned(name, checked);
  if (clean === undefined) return undefined;
  const again = check(clean.name, clean.bytes, TODAY);
  assert.equal(again.kind, checked.kind);
  assert.deepEqual(said(again, cleaned(clean.name, again)!), said(checked, clean), name);
  assert.deepEqual(cleaned(clean.name, again)!.bytes, clean.bytes, name);
  return clean;
}

const textOf = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

function cleanOf(text: string, name = "leavers.csv"): string {
  const clean = checkAndClean(name, new TextEncoder().encode(text));
  assert.ok(clean, text);
  return textOf(clean.bytes);
}

const refused = (text: string, name = "leavers.csv") =>
  cleaned(name, check(name, new TextEncoder().encode(text), TODAY)) === undefined;

test("a list becomes the template's columns, with day-first dates and without title or blank rows", () => {
  const clean = cleanOf(
    'Our leavers\n\nDOB;Legal surname;Forename;Consent?;House\n\n2010-08-31;"Archer";Robin;y;Red\n;;;;\n1-Sep-2010;Baker;Sam;declined;Blue\n',
  );
  assert.equal(
    clean,
    "\ufeffForename,Surname,Date of birth,UPN,ULN,Consent,Consent date\r\n" +
      "Robin,Archer,31/08/2010,,,Yes,\r\n" +
      "Sam,Baker,01/09/2010,,,No,\r\n",
  );
});

test("what else counts stays: withdrawn, year group, EHCP and school, under the school's own headers", () => {
  const clean = cleanOf(
    "Forename,Surname,DOB,Yr,SEN status,School,Withdrawn on\nRobin,Archer,31/08/2010,11,E,8604001,2026-11-02\n",
  );
  assert.match(clean, /,Consent date,Withdrawn on,Yr,SEN status,School\r\n/);
  assert.match(clean, /,02\/11\/2026,11,E,8604001\r\n$/);
});

test("a list without a consent column gets none", () => {
  assert.doesNotMatch(cleanOf("Forename,Surname,DOB\nRobin,Archer,31/08/2010\n"), /Consent,/);
});

test("what could not be read stands as it stood", () => {
  const clean = cleanOf(
    'Forename,Surname,DOB,UPN,Consent\nRobin,Archer,31/02/2010,n/a,TBC\nJ0hn,"Ba?ker",40421,P860400119001,yes\n',
  );
  assert.match(clean, /\r\nRobin,Archer,31\/02\/2010,n\/a,,TBC,\r\n/);
  assert.match(clean, /\r\nJ0hn,Ba\?ker,40421,P860400119001,,Yes,\r\n/);
});

test("a whole column of day numbers becomes dates, and one among dates stays a number", () => {
  assert.match(cleanOf("Forename,Surname,DOB\nRobin,Archer,40421\n"), /31\/08\/2010/);
  assert.match(
    cleanOf("Forename,Surname,DOB\nA,B,40421\nC,D,01/09/2010\nE,F,02/09/2010\n"),
    /40421/,
  );
});

test("whole names become two columns where each was told apart, and else stay as they were", () => {
  assert.match(
    cleanOf('Name,DOB\n"Archer, Robin",31/08/2010\nSam Baker,01/09/2010\n'),
    /^\ufeffForename,Surname,[^]*\r\nRobin,Archer,[^]*\r\nSam,Baker,/,
  );
  const kept = cleanOf("Name,DOB\nRobin,31/08/2010\nSam Baker,01/09/2010\n");
  assert.match(kept, /^\ufeffName,Date of birth,[^]*\r\nRobin,31[^]*\r\nSam Baker,01/);
});

test("a row that has nothing where it counts is still a row", () => {
  const clean = cleanOf("Forename,Surname,DOB,Remark\nRobin,Archer,31/08/2010,\n,,,Total 1\n");
  assert.match(clean, /,Not read\r\n[^]*\r\n,,,,,,Total 1\r\n$/);
  const wrapped = cleanOf('Forename,Surname,DOB\nRobin,Archer,31/08/2010\n,,"=\"\"\"\""\n');
  assert.match(wrapped, /\r\n,,"'="""""[,\r]/);
});

test("a list that is in doubt as a whole is not laundered", () => {
  for (const text of [
    "Forename,Surname,DOB\nRobin,Archer,08/31/2010\n",
    "Forename,Surname,DOB,Parental consent\nRobin,Archer,31/08/2010,Yes\n",
    "Forename,Surname,Surname,DOB\nRobin,Archer,Baker,31/08/2010\n",
    "Pupils who declined\nForename,Surname,DOB\nRobin,Archer,31/08/2010\n",
    "Forename,Surname,DOB\n",
    "Forename,Surname\nRobin,Archer\n",
  ]) {
    assert.ok(refused(text), text);
  }
  assert.ok(refused("Forename,Surname,DOB\nRobin,Archer,31/08/2010\n", "no consent.csv"));
  assert.ok(refused("The provider is wrong.", "discrepancy.txt"));
});

test("a list that names another school is not cleaned, where it is known whose list it is", () => {
  const bytes = new TextEncoder().encode(
    "Forename,Surname,DOB,LAESTAB\nRobin,Archer,31/08/2010,8604002\n",
  );
  const cleanFor = (laestab: string) =>
    cleaned("leavers.csv", check("leavers.csv", bytes, TODAY, { laestab }));
  assert.equal(cleanFor("8604001"), undefined);
  assert.ok(cleanFor("8604002"));
});

test("a cell that a spreadsheet would run as a formula is made harmless, and read as before", () => {
  const clean = cleanOf(
    'Forename,Surname,DOB,ULN,Consent\nRobin,"=HYPERLINK(""x"")",31/08/2010,"=""9276308686""",-\n',
  );
  assert.match(clean, /\r\nRobin,"'=HYPERLINK\(""x""\)",31\/08\/2010,,9276308686,'-,\r\n/);
});

test("the name keeps the words that tell its kind", () => {
  const text = "Forename,Surname,DOB\nRobin,Archer,31/08/2010\n";
  const nameOf = (name: string) => checkAndClean(name, new TextEncoder().encode(text))?.name;
  assert.equal(nameOf("withdraw Robin.v2.TXT"), "withdraw Robin.v2.csv");
  assert.equal(nameOf(" add one.tsv "), "add one.csv");
});

test("of every list of the corpus the clean one is judged as the list itself", () => {
  const corpus = join(process.env.KIT_ROOT!, "../tests/corpus");
  const paths = readdirSync(corpus, { recursive: true, encoding: "utf8" });
  let lists = 0;
  for (const path of paths.filter((path) => statSync(join(corpus, path)).isFile())) {
    const [name, bytes] = [basename(path), readFileSync(join(corpus, path))];
    const checked = check(name, bytes, TODAY);
    const expected = checked.read !== undefined && checked.read.list.rows.length > 0;
    const clean = checkAndClean(name, bytes);
    assert.equal(clean !== undefined, expected && !checked.doubtful, path);
    lists += clean === undefined ? 0 : 1;
  }
  assert.ok(lists > 150, String(lists));
});

test("lists of nasty cells are cleaned, each of them, and judged as before", () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const text = nastyList(seed);
    const checked = check("list.csv", new TextEncoder().encode(text), TODAY);
    assert.ok(checked.read !== undefined, `${seed}: ${text}`);
    const clean = checkAndClean("list.csv", new TextEncoder().encode(text));
    assert.equal(clean === undefined, checked.doubtful, `${seed}: ${text}`);
  }
});

function nastyList(seed: number): string {
  let state = seed;
  const pick = <T>(of: readonly T[]): T => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return of[(state >>> 8) % of.length]!;
  };
  const header = [
    pick(["Forename", "Legal forename"]),
    "Surname",
    pick(["DOB", "Date of birth"]),
    ...[
      "UPN",
      "ULN",
      "Consent",
      "Consent date",
      "Withdrawn",
      "Year",
      "SEN status",
      "School",
      "House",
    ].filter(() => pick([true, false])),
  ];
  const cell = () => `"${pick(pick([NASTY, PLAIN])).replaceAll('"', '""')}"`;
  const row = () => header.map((_, at) => (at === 0 ? '"Robin"' : cell())).join(",");
  const rows = Array.from({ length: pick([1, 2, 5, 12]) }, row);
  return [header.join(","), ...rows, ""].join("\n");
}

const PLAIN = [
  ...["Archer", "Baker", "31/08/2010", "01/09/2010", "2010-09-02", "40421", "Yes", "No", "", "TBC"],
  ...["L860410020101", "A86040012001A", "9276308686", "8604001", "11", "E", "02/11/2026"],
];

const NASTY = [
  ...[
    '="9276308686"',
    "'9276308686",
    "''9276308686",
    '="\u200byes"',
    '="="yes""',
    "=1+1",
    "+44",
    "-",
  ],
  ...[
    "\u200bArcher",
    '="\u200bArcher"',
    "#N/A",
    '="#N/A"',
    "a\nb",
    'a"b',
    "a;b",
    "a\tb",
    '="\'yes"',
  ],
  ...[
    "31/02/2010",
    "8604001.0",
    '="11"',
    "＝x",
    "@",
    "Ann🙂",
    "1e9",
    "yes.",
    "not withdrawn",
    "\u00a0",
  ],
  ...["2010-08-31T00:00:00", "2010-08-31 10:15", "01/01/2027", "Zoë", "O’Dell", "Ｙes", "✓\ufe0f"],
];
