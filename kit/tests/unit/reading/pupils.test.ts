import assert from "node:assert/strict";
import { test } from "node:test";
import type { Day } from "../../../src/domain/days";
import type { Cell, Kind, ListRow, PupilList } from "../../../src/domain/list";
import type { Problem } from "../../../src/domain/problem";
import { tableOf } from "../../../src/reading/parse";
import { pupils, type ListAsk } from "../../../src/reading/pupils";
import type { Table } from "../../../src/reading/table";
import { Unreadable } from "../../../src/reading/unreadable";
import { bytes, items, parsed, vectors } from "./reading";

const ask: ListAsk = {
  fileRefuses: false,
  pupilBorn: { first: "2007-09-01" as Day, last: "2013-08-31" as Day },
};

function read(kind: Kind, text: string, told: ListAsk = ask): PupilList | Problem {
  return pupils(parsed(text), kind, told);
}

function list(text: string): PupilList {
  const told = read("consent-list", text);
  return "rows" in told ? told : assert.fail(`${told.code}: ${text}`);
}

function refused(kind: Kind, told: string | Table, asked: ListAsk = ask): Problem {
  const answer = pupils(typeof told === "string" ? parsed(told) : told, kind, asked);
  return "code" in answer ? answer : assert.fail("it was read");
}

function first(text: string): ListRow {
  return list(text).rows[0] ?? assert.fail("no row");
}

const doubtOf = (text: string) => {
  const refusal = list(text).refusal;
  return [refusal?.problem.code, refusal?.identifiesNobody];
};

const value = <T>(cell: Cell<T> | undefined) => (cell?.is === "read" ? cell.value : undefined);
const fault = <T>(cell: Cell<T> | undefined) => (cell?.is === "bad" ? cell.code : undefined);
const names = (row: ListRow | undefined) => [value(row?.forename), value(row?.surname)];

test("a plain list reads clean", () => {
  const read = list(
    "Year 11 leavers\n\nSurname,Forename,DOB,Consent,Consent date,UPN,ULN,Year group,SEN status,LAESTAB,Notes\n" +
      "Example,Robin,01/09/2010,Yes,11/05/2026,P860400119001,9276308686,11A,E,860/4001,x\n" +
      ",,,,\n" +
      "Sample,Zoë,2010-10-02,No,,,,,K,,\n",
  );
  assert.equal(read.refusal, undefined);
  assert.deepEqual(read.warnings, []);
  assert.deepEqual(read.columns, {
    forename: "Forename",
    surname: "Surname",
    born: "DOB",
    upn: "UPN",
    uln: "ULN",
    consent: "Consent",
    consentDate: "Consent date",
    withdrawn: null,
    yearGroup: "Year group",
    ehcp: "SEN status",
    school: "LAESTAB",
  });
  const [robin, zoe] = read.rows;
  assert.deepEqual(robin, {
    number: 4,
    forename: { is: "read", value: "Robin" },
    surname: { is: "read", value: "Example" },
    born: { is: "read", value: "2010-09-01" },
    upn: { is: "read", value: "P860400119001" },
    uln: { is: "read", value: "9276308686" },
    answer: "yes",
    consentedOn: { is: "read", value: "2026-05-11" },
    withdrawn: { is: "no" },
    yearGroup: 11,
    ehcp: true,
    school: { is: "read", value: { is: "laestab", number: "8604001" } },
  });
  assert.deepEqual(
    [zoe?.number, zoe?.answer, zoe?.consentedOn.is, zoe?.ehcp],
    [6, "no", "blank", false],
  );
});

test("bad cells are told by their code", () => {
  const row = first(
    "Forename,Surname,DOB,UPN,ULN,Consent date,School\n" +
      "J0hn,#N/A,1/9/10,A860400119001,9.27631E+09,soon,4001\n",
  );
  assert.equal(fault(row.forename), "name-invalid");
  assert.equal(fault(row.surname), "name-invalid");
  assert.equal(fault(row.born), "dob-not-a-date");
  assert.equal(fault(row.upn), "upn-invalid");
  assert.equal(fault(row.uln), "uln-invalid");
  assert.equal(fault(row.consentedOn), "consent-date-invalid");
  assert.equal(fault(row.school), "wrong-school");
  assert.equal(row.answer, "no-column");
});

test("a name in one column is read where its order is clear", () => {
  const read = list('Name,DOB\n"Example, Robin",1/9/2010\nRobin Ann Example,1/9/2010\n');
  assert.deepEqual(names(read.rows[0]), ["Robin", "Example"]);
  assert.equal(fault(read.rows[1]?.surname), "name-ambiguous");
  assert.equal(read.columns.surname, "Name");
});

test("legal names go before preferred ones", () => {
  const read = list(
    "Preferred Forename,Legal Forename,Surname,Legal Surname,Name,DOB\n" +
      "Bob,Robin,Other,Example,Bob Other,1/9/2010\n",
  );
  assert.deepEqual(names(read.rows[0]), ["Robin", "Example"]);
  assert.equal(read.refusal, undefined);
});

test("a header that is not there is not guessed", () => {
  const header = refused("consent-list", "Robin,Example,01/09/2010\nAnn,Sample,02/09/2010\n");
  assert.equal(header.code, "header-not-found");
  const under = (titles: number) =>
    `${"title\n".repeat(titles)}Forename,Surname,DOB\nA,B,1/9/2010\n`;
  assert.equal(refused("consent-list", under(10)).code, "header-not-found");
  assert.equal(first(under(9)).number, 11);
});

test("a missing column is named with the headers that were found", () => {
  const text = "Forename,Surname,Born when,Consent\nRobin,Example,01/09/2010,Yes\n";
  const missing = refused("consent-list", text);
  assert.equal(missing.code, "column-missing");
  assert.equal(
    missing.message,
    "The list needs a column «Date of birth». The headers found were «Forename», «Surname», «Consent», «Born when».",
  );
});

test("cells of a row that may be a pupil are never echoed", () => {
  const text = "Name,Robin Example,UPN,P860400119001,Form,11B,Tutor,Ms Made-Up\n";
  const form = refused("consent-list", text);
  assert.equal(form.code, "column-missing");
  assert.ok(form.message.includes("«Name»"));
  assert.ok(!form.message.includes("Robin"), form.message);
});

test("two columns for what identifies a pupil make the list useless", () => {
  for (const text of [
    "Forename,Surname,Surname,DOB\nA,B,C,1/9/2010\n",
    "Forename,Surname,DOB,Date of birth\nA,B,1/9/2010,1/9/2010\n",
    "Forename,Surname,DOB,UPN,upn\nA,B,1/9/2010,,\n",
  ]) {
    assert.deepEqual(doubtOf(text), ["column-ambiguous", true], text);
  }
});

test("two consent columns refuse the list, and a no in either is a no", () => {
  const text =
    "Forename,Surname,DOB,Consent,Consent,Withdrawn,Withdrawn\n" +
    "A,B,1/9/2010,Yes,No,,\nC,D,1/9/2010,Yes,Yes,,Yes\nE,F,1/9/2010,Yes,,,\n";
  assert.deepEqual(doubtOf(text), ["column-ambiguous", false]);
  assert.deepEqual(
    list(text).rows.map((row) => [row.answer, row.withdrawn.is]),
    [
      ["no", "no"],
      ["yes", "yes"],
      ["unclear", "no"],
    ],
  );
});

test("a column about some other consent is not taken for none", () => {
  for (const header of ["Parental consent", "Photo consent", "Opted out", "Permission"]) {
    const text = `Forename,Surname,DOB,${header}\nA,B,1/9/2010,No\n`;
    assert.deepEqual(doubtOf(text), ["column-ambiguous", false]);
    assert.equal(list(text).refusal?.problem.column, header);
    const both = `Forename,Surname,DOB,${header},Consent\nA,B,1/9/2010,No,Yes\n`;
    assert.equal(list(both).refusal, undefined);
  }
});

test("a list of refusals is not read as a list of consents", () => {
  const refusing = { ...ask, fileRefuses: true };
  const text = "Forename,Surname,DOB\nA,B,1/9/2010\n";
  for (const kind of ["consent-list", "addition"] as const) {
    assert.equal(refused(kind, text, refusing).code, "kind-unclear");
  }
  assert.ok("rows" in read("withdrawal", text, refusing));
  const told = "Forename,Surname,DOB,Consent\nA,B,1/9/2010,No\n";
  assert.ok("rows" in read("consent-list", told, refusing));
  const titled = `Pupils who did not consent\n${text}`;
  assert.equal(refused("consent-list", titled).code, "kind-unclear");
  const sheet = { ...parsed(text), sheet: "Declined" };
  assert.equal(refused("consent-list", sheet).code, "kind-unclear");
});

test("one date that only reads month first refuses the list", () => {
  const born = "Forename,Surname,DOB\nA,B,03/04/2010\nC,D,08/31/2009\n";
  assert.deepEqual(doubtOf(born), ["dates-month-first", true]);
  const signed = "Forename,Surname,DOB,Consent date\nA,B,1/9/2010,05/13/2026\n";
  assert.deepEqual(doubtOf(signed), ["dates-month-first", false]);
  const withdrawn = "Forename,Surname,DOB,Withdrawn\nA,B,1/9/2010,05/13/2026\n";
  assert.deepEqual(doubtOf(withdrawn), ["dates-month-first", false]);
  assert.equal(first(withdrawn).withdrawn.is, "yes");
});

test("hidden rows refuse a list, but what doubts the pupils goes first", () => {
  const hidden = (text: string) => {
    const told = pupils({ ...parsed(text), hiddenRows: true }, "consent-list", ask);
    return "rows" in told ? told.refusal?.problem.code : told.code;
  };
  assert.equal(hidden("Forename,Surname,DOB\nA,B,1/9/2010\n"), "hidden-rows");
  assert.equal(hidden("Forename,Surname,DOB\nA,B,08/31/2009\n"), "dates-month-first");
});

test("bare numbers are dates only as a whole column of pupils", () => {
  const whole = list("Forename,Surname,DOB\nA,B,40422\nC,D,40786.0\n");
  assert.deepEqual(
    whole.rows.map((row) => value(row.born)),
    ["2010-09-01", "2011-08-31"],
  );
  for (const text of [
    "Forename,Surname,DOB\nA,B,40422\nC,D,01/09/2010\n",
    "Forename,Surname,DOB\nA,B,40422\nC,D,38960\n",
    "Forename,Surname,DOB\nA,B,40422\nC,D,x\n",
  ]) {
    assert.equal(fault(first(text).born), "dob-not-a-date", text);
  }
});

test("a withdrawn column tells a day or a yes", () => {
  const read = list(
    "Forename,Surname,DOB,Withdrawn\nA,B,1/9/2010,12/05/2026\nC,D,1/9/2010,yes\n" +
      "E,F,1/9/2010,No\nG,H,1/9/2010,\nI,J,1/9/2010,46154\n",
  );
  assert.deepEqual(
    read.rows.map((row) => row.withdrawn),
    [{ is: "on", day: "2026-05-12" }, { is: "yes" }, { is: "no" }, { is: "no" }, { is: "yes" }],
  );
});

test("a withdrawal needs a name and a birthday, or a number and one of them", () => {
  for (const header of ["Forename,Surname,DOB", "Name,DOB", "UPN,DOB", "ULN,Surname", "UPN,Name"]) {
    assert.ok("rows" in read("withdrawal", `${header}\nx,y\n`), header);
  }
  for (const header of ["Forename,Surname", "UPN,ULN", "UPN,Forename"]) {
    const problem = refused("withdrawal", `${header}\nx,y\n`);
    assert.equal(problem.code, "column-missing", header);
    assert.ok(
      problem.message.includes(", or a column «UPN» or «ULN» with date of birth or surname"),
    );
  }
});

test("a comma within a name does not move the cells behind it", () => {
  const text = "Surname,Forename,DOB\nExample,Robin,1/9/2010\nSmith, Jr,Ann,1/9/2010\n";
  const problem = refused("consent-list", text);
  assert.equal(problem.code, "file-unreadable");
  assert.ok(problem.message.startsWith("Row 3 has more cells"));
  assert.equal(problem.row, null);
  assert.equal(list("Surname,Forename,DOB\nExample,Robin,1/9/2010,,,\n").rows.length, 1);
  assert.equal(list("Surname,Forename,DOB,\nExample,Robin,1/9/2010,a note\n").rows.length, 1);
});

test("an assumed encoding is a warning", () => {
  const table = tableOf(bytes("Forename,Surname,DOB\nZo\xeb,Example,01/09/2010\n"), "csv");
  const told = pupils(table, "consent-list", ask);
  assert.ok("rows" in told);
  assert.equal(told.warnings[0]?.code, "encoding-assumed");
  assert.deepEqual(names(told.rows[0]), ["Zoë", "Example"]);
});

test("a header without rows is a list without rows", () => {
  assert.deepEqual(list("Forename,Surname,DOB\n").rows, []);
});

test("answers and numbers are read as in the contract's vectors", () => {
  const row = (header: string, cell: string) =>
    first(
      `Forename,Surname,DOB,${header}\nRobin,Example,01/09/2010,"${cell.replaceAll('"', '""')}"\n`,
    );
  const domain = vectors("domain_vectors");
  for (const [said, answer] of [
    ["yes", "yes"],
    ["no", "no"],
    ["reject_or_hold", "unclear"],
  ] as const) {
    for (const cell of items<string>(domain, "consent_values", said)) {
      assert.equal(row("Consent", cell).answer, answer, cell);
    }
  }
  const identifiers = vectors("identifiers");
  for (const item of items<{ in: string; note: string }>(identifiers, "upn", "invalid")) {
    const expected = item.note.startsWith("lower case") ? "read" : "bad";
    assert.equal(row("UPN", item.in).upn.is, expected, item.in);
  }
  for (const item of items<{ in: string; note: string }>(identifiers, "uln", "invalid")) {
    const expected = item.note.includes("strip") ? "read" : "bad";
    assert.equal(row("ULN", item.in).uln.is, expected, item.in);
  }
});

test("serials of Excel are days in its 1900 system alone", () => {
  const asked = { ...ask, pupilBorn: { ...ask.pupilBorn, last: "2014-08-31" as Day } };
  type Serials = { date: Day; serial_1900: number; serial_1904: number };
  for (const item of items<Serials>(vectors("domain_vectors"), "excel_dates")) {
    const within = item.date >= asked.pupilBorn.first && item.date <= asked.pupilBorn.last;
    for (const [serial, reads] of [
      [item.serial_1900, within],
      [item.serial_1904, false],
    ] as const) {
      const told = read("consent-list", `Forename,Surname,DOB\nRobin,Example,${serial}\n`, asked);
      assert.ok("rows" in told);
      assert.equal(value(told.rows[0]?.born) === item.date, reads, item.date);
    }
  }
});

test("no table makes it break", () => {
  const headers = [
    "Forename,Surname,DOB,UPN,ULN,Consent,Consent date,Withdrawn",
    "Name,DOB,School,EHCP,Year group,Photo consent,SEN status,Date",
    "UPN,Surname,Surname,Consent,Consent,Withdrawn,Withdrawn,DOB",
    "",
  ];
  const pieces = [
    "",
    "ë",
    "Ã",
    "\u200b",
    "✓",
    "1/9/2010",
    "13/31/09",
    "40422",
    "Yes",
    "'",
    "=",
    "\t",
  ];
  let seed = 11;
  const next = (below: number) => (seed = (seed * 48271) % 0x7fffffff) % below;
  for (let round = 0; round < 2_000; round += 1) {
    const cell = () => `"${Array.from({ length: next(3) }, () => pieces[next(12)]).join("")}"`;
    const rows = Array.from({ length: next(8) }, () =>
      Array.from({ length: next(8) }, cell).join(","),
    );
    try {
      const table = parsed([headers[next(4)], ...rows].join("\n"));
      for (const kind of ["consent-list", "addition", "withdrawal"] as const)
        pupils(table, kind, ask);
    } catch (why) {
      if (!(why instanceof Unreadable)) throw why;
    }
  }
});

test("the largest list is read in seconds", () => {
  const row = "Robin,Example,01/09/2010,Yes,11/05/2026,P860400119001,9276308686,";
  const text = `Forename,Surname,DOB,Consent,Consent date,UPN,ULN,Notes\n${`${row}${"x".repeat(700)}\n`.repeat(19_900)}`;
  assert.equal(list(text).rows.length, 19_900);
});
