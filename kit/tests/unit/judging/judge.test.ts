import assert from "node:assert/strict";
import { test } from "node:test";
import type { Day } from "../../../src/domain/days";
import { bad, BLANK, read, type ListRow } from "../../../src/domain/list";
import { ofFile, type Code } from "../../../src/domain/problem";
import { judge } from "../../../src/judging/judge";
import { blank, BORN, codes, list, no, NOBODY, TODAY, ULNS, UPNS, withdrawn, yes } from "./made-up";

const heard = (rows: readonly ListRow[]) => judge("consent-list", list(rows), TODAY);
const withdrawing = (rows: readonly ListRow[]) => judge("withdrawal", list(rows), TODAY);
const goodOnes = (count: number) =>
  Array.from({ length: count }, (_, at) => yes(`Robin ${"abcdefghijklmnopqrstuvwxyz".slice(at)}`));

test("a list in which nothing is wrong is accepted, and each pupil is new", () => {
  const judged = heard([yes("Robin Archer"), no("Sam Baker"), blank("Kim Carter")]);
  assert.deepEqual(judged, {
    outcome: "accepted",
    counts: {
      rows: 3,
      consented: 1,
      not_consented: 2,
      withdrawn: 0,
      rejected: 0,
      new: 1,
      renewed: 0,
      lapsed: 0,
    },
    notes: [],
    problems: [],
    doubtful: false,
  });
});

test("a row with a bad cell is rejected and the others are taken", () => {
  const cases: readonly [Partial<ListRow>, readonly Code[]][] = [
    [{ forename: BLANK }, ["forename-missing"]],
    [{ surname: BLANK }, ["surname-missing"]],
    [{ surname: bad("name-invalid") }, ["name-invalid"]],
    [{ born: BLANK }, ["dob-missing"]],
    [{ born: bad("dob-not-a-date") }, ["dob-not-a-date"]],
    [{ upn: bad("upn-invalid") }, ["upn-invalid"]],
    [{ uln: bad("uln-invalid") }, ["uln-invalid"]],
    [{ consentedOn: bad("consent-date-invalid") }, ["consent-date-invalid"]],
    [{ consentedOn: read("2026-11-22" as Day) }, ["consent-date-in-future"]],
    [{ born: bad("dob-not-a-date"), upn: bad("upn-invalid") }, ["dob-not-a-date", "upn-invalid"]],
  ];
  for (const [wrong, expected] of cases) {
    const judged = heard([...goodOnes(9), yes("Sam Baker", wrong)]);
    assert.deepEqual(
      codes(judged.problems),
      expected.map((code) => [11, code]),
    );
    assert.equal(judged.counts.rejected, 1);
    assert.equal(judged.outcome, "accepted-with-errors");
  }
});

test("pupils are from 14 to 25 years old", () => {
  const taken = (born: string) =>
    heard([yes("Robin Archer", { born: read(born as Day) })]).counts.consented === 1;
  assert.ok(taken("2012-11-21") && !taken("2012-11-22"));
  assert.ok(taken("2000-11-22") && !taken("2000-11-21"));
});

test("a single name column that is ambiguous is told once", () => {
  const row = yes("A B", { forename: bad("name-ambiguous"), surname: bad("name-ambiguous") });
  const whole = list([row, yes("Sam Baker")]);
  const columns = { ...whole.columns, forename: "Name", surname: "Name" };
  const judged = judge("consent-list", { ...whole, columns }, TODAY);
  assert.deepEqual(codes(judged.problems), [[2, "name-ambiguous"]]);
});

test("the day of consent of those who did not consent is nobody's concern", () => {
  const wrong = { consentedOn: bad("consent-date-invalid") };
  const { counts } = heard([yes("Robin Archer"), no("Sam Baker", wrong)]);
  assert.deepEqual([counts.not_consented, counts.rejected], [1, 0]);
});

test("a year group that is off by more than a year is a warning", () => {
  const warned = (yearGroup: number) => codes(heard([yes("Robin Archer", { yearGroup })]).problems);
  assert.deepEqual(warned(10), []);
  assert.deepEqual(warned(12), []);
  assert.deepEqual(warned(9), [[2, "year-group-unlikely"]]);
});

test("the same pupil twice is merged with a warning that names the first row", () => {
  const judged = heard([yes("Robin O'Dell"), yes("Sam Baker"), yes("ROBIN ODELL")]);
  assert.deepEqual(codes(judged.problems), [[4, "duplicate-merged"]]);
  assert.match(judged.problems[0]!.message, /same pupil as in row 2; the rows were taken as one/);
  assert.deepEqual([judged.counts.consented, judged.counts.new], [3, 2]);
});

test("if any copy says no or withdrawn, no wins, whatever their order", () => {
  for (const refusal of [no("Robin Archer"), blank("Robin Archer"), withdrawn("Robin Archer")]) {
    for (const rows of [
      [yes("Robin Archer"), refusal],
      [refusal, yes("Robin Archer")],
    ]) {
      const judged = heard(rows);
      assert.ok(
        judged.problems.some(({ row, code }) => row === 3 && code === "duplicate-conflict"),
      );
      assert.deepEqual([judged.counts.consented, judged.counts.new], [0, 0]);
    }
  }
});

test("a bad row gives no consent, and takes it all the same", () => {
  const invalid = { upn: bad("upn-invalid") };
  const judged = heard([yes("Robin Archer"), no("Robin Archer", invalid), yes("Sam Baker")]);
  assert.equal(judged.counts.consented, 1);
  const silent = heard([yes("Robin Archer"), blank("Robin Archer", invalid), yes("Sam Baker")]);
  assert.equal(silent.counts.consented, 2);
});

test("where no row tells a day of consent, that is said once, else at each row that lacks it", () => {
  const undated = (name: string) => yes(name, { consentedOn: BLANK });
  assert.deepEqual(codes(heard([undated("Robin Archer"), undated("Sam Baker")]).problems), [
    [null, "consent-date-assumed"],
  ]);
  const mixed = heard([undated("Robin Archer"), yes("Sam Baker"), undated("Kim Carter")]);
  assert.deepEqual(codes(mixed.problems), [
    [2, "consent-date-assumed"],
    [4, "consent-date-assumed"],
  ]);
  const copies = heard([undated("Robin Archer"), yes("Robin Archer"), yes("Sam Baker")]);
  assert.deepEqual(codes(copies.problems), [[3, "duplicate-merged"]]);
});

test("three bad rows and more than a tenth refuse the list, and so does no good row at all", () => {
  const wrong = (name: string) => yes(name, { born: bad("dob-not-a-date") });
  const outcome = (good: number, wrongs: number) => {
    const bads = Array.from({ length: wrongs }, () => wrong("Sam Baker"));
    return heard([...goodOnes(good), ...bads]).outcome;
  };
  assert.equal(outcome(1, 2), "accepted-with-errors");
  assert.equal(outcome(26, 3), "rejected");
  assert.equal(outcome(0, 1), "rejected");
  const judged = heard([yes("Robin Archer"), wrong("A B"), wrong("C D"), wrong("E F")]);
  assert.equal(
    judged.problems[0]!.message,
    "3 of 4 rows need mending, so the whole list was refused.",
  );
  assert.deepEqual([judged.counts.rejected, judged.counts.new], [4, 0]);
  assert.equal(judged.problems.length, 4);
});

test("a refused list still withdraws, and its head says so", () => {
  const wrong = yes("Sam Baker", { born: bad("dob-not-a-date") });
  const judged = heard([withdrawn("Robin Archer"), wrong, wrong, wrong]);
  assert.deepEqual([judged.outcome, judged.counts.withdrawn], ["rejected", 1]);
  assert.deepEqual(judged.notes, [
    "The list was not taken, but it has 1 row that withdraws consent. This took effect all the same.",
  ]);
});

test("a doubtful list adds nothing, remembers nobody and tells no rows", () => {
  const refusal = { problem: ofFile("hidden-rows"), identifiesNobody: false };
  const rows = [withdrawn("Robin Archer"), yes("Sam Baker", { born: BLANK })];
  const judged = judge("consent-list", list(rows, { refusal }), TODAY);
  assert.deepEqual(codes(judged.problems), [[null, "hidden-rows"]]);
  assert.deepEqual([judged.outcome, judged.counts.rejected], ["rejected", 2]);
  assert.deepEqual(judged.notes, []);
});

test("a list in which it is doubtful who the pupils are does nothing and says so first", () => {
  const refusal = { problem: ofFile("column-ambiguous"), identifiesNobody: true };
  const judged = judge("withdrawal", list([withdrawn("Robin Archer")], { refusal }), TODAY);
  assert.match(judged.notes[0]!, /^Nothing in this file was used, not even withdrawals/);
  assert.deepEqual([judged.outcome, judged.counts.rejected], ["rejected", 1]);
});

test("a header without rows is rejected", () => {
  const judged = heard([]);
  assert.deepEqual(codes(judged.problems), [[null, "file-empty"]]);
  assert.match(judged.problems[0]!.message, /row of headers and no pupils/);
});

test("a list that names another school is refused where it is known whose list it is", () => {
  const at = (number: string) => yes("Lee Dyer", { school: read({ is: "laestab", number }) });
  const urn = (number: number) => yes("Lee Dyer", { school: read({ is: "urn", number }) });
  const school = { laestab: "8604001", urn: 124001 };
  for (const elsewhere of [at("8604002"), urn(124002)]) {
    const rows = list([yes("Sam Baker"), elsewhere, elsewhere]);
    const judged = judge("consent-list", rows, TODAY, school);
    assert.deepEqual(codes(judged.problems), [[3, "wrong-school"]]);
    assert.deepEqual([judged.problems[0]!.column, judged.outcome], ["LAESTAB", "rejected"]);
    assert.equal(judge("consent-list", rows, TODAY).outcome, "accepted");
  }
  const named = yes("Lee Dyer", { school: read({ is: "name" }) });
  for (const own of [at("8604001"), urn(124001), named]) {
    assert.equal(judge("consent-list", list([own]), TODAY, school).outcome, "accepted");
  }
  const unknown = judge("consent-list", list([urn(124002)]), TODAY, { laestab: "8604001" });
  assert.equal(unknown.outcome, "accepted");
});

test("in a file of withdrawals every row withdraws, whatever its consent column says", () => {
  const judged = withdrawing([yes("Robin Archer"), no("Sam Baker")]);
  assert.equal(judged.counts.withdrawn, 2);
  assert.deepEqual(codes(judged.problems), [
    [2, "pupil-not-on-a-list"],
    [3, "pupil-not-on-a-list"],
  ]);
  assert.match(judged.problems[0]!.message, /on none of your lists/);
});

test("a withdrawal is told by an identifier with one thing more, or not at all", () => {
  const [surname, born] = [read("Archer"), read(BORN)];
  for (const row of [
    withdrawn("Robin Archer", { upn: bad("upn-invalid") }),
    { ...NOBODY, born, upn: read(UPNS[0]) },
    { ...NOBODY, born, uln: read(ULNS[0]) },
    { ...NOBODY, surname, uln: read(ULNS[0]) },
  ]) {
    const { counts, problems } = withdrawing([row]);
    assert.deepEqual([counts.withdrawn, counts.rejected], [1, 0]);
    assert.ok(problems.every(({ severity }) => severity === "warning"));
  }
  for (const row of [
    { ...NOBODY, upn: read(UPNS[0]) },
    { ...NOBODY, born, surname },
    { ...NOBODY, born, upn: read("A86040012001A") },
    withdrawn("Robin Archer", { born: read("2021-01-01" as Day) }),
  ]) {
    assert.equal(withdrawing([row]).outcome, "rejected");
  }
});

test("bad rows of withdrawals never stop the good ones", () => {
  const wrong = withdrawn("Kim Carter", { born: bad("dob-not-a-date") });
  const judged = withdrawing([wrong, wrong, wrong, withdrawn("Robin Archer")]);
  assert.equal(judged.outcome, "accepted-with-errors");
  assert.deepEqual([judged.counts.withdrawn, judged.counts.rejected], [1, 3]);
});

test("a withdrawal by number alone beats a yes in the same list", () => {
  const gone: ListRow = {
    ...NOBODY,
    born: read(BORN),
    upn: read(UPNS[0]),
    withdrawn: { is: "yes" },
  };
  const judged = heard([yes("Robin Archer", { upn: read(UPNS[0]) }), gone]);
  assert.deepEqual([judged.counts.withdrawn, judged.counts.new], [2, 0]);
});

test("a withdrawal with a pupil's number and another birthday holds the pupil of the same list", () => {
  const other = { upn: read(UPNS[0]), born: read("2011-01-16" as Day) };
  const judged = heard([
    yes("Robin Archer", { upn: read(UPNS[0]) }),
    withdrawn("Robyn Archer", other),
    no("Robyn Acher", other),
  ]);
  assert.deepEqual(codes(judged.problems), [
    [3, "withdrawal-near"],
    [4, "withdrawal-near"],
    [4, "duplicate-merged"],
  ]);
  assert.deepEqual([judged.counts.consented, judged.counts.withdrawn], [1, 2]);
});

function underOneNumber(rows: number) {
  return Array.from({ length: rows }, (_, at) =>
    withdrawn("Robin Archer", {
      upn: read(UPNS[0]),
      born: read(
        `2010-${String((at % 12) + 1).padStart(2, "0")}-${String((at % 28) + 1).padStart(2, "0")}` as Day,
      ),
      surname: read(`Archer ${at.toString(26).replace(/[0-9]/g, (d) => "qrstuvwxyz"[Number(d)]!)}`),
    }),
  );
}

test("a list whose rows tell alike by the thousand is refused, because the daemon can't compare them", () => {
  const judged = heard(underOneNumber(20_000));
  assert.deepEqual(codes(judged.problems), [[null, "file-unreadable"]]);
  assert.match(judged.notes[0] ?? "", /not even withdrawals/);
  assert.deepEqual([judged.outcome, judged.counts.rejected], ["rejected", 20_000]);
  assert.ok(judged.doubtful);
});

test("a whole school under one number is judged all the same", () => {
  assert.notEqual(heard(underOneNumber(450)).outcome, "rejected");
});
