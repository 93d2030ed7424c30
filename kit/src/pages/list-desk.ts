// A list at work: what the council would say of it, what to mend, and the table in which it is mended. Each
// change is checked anew.

import { check, checkTable, type Checked } from "../checking";
import { today } from "../domain/days";
import type { Problem } from "../domain/problem";
import type { School } from "../judging/judgement";
import { button, element, focusOn, paragraph, show } from "./element";
import { listMeaning } from "./list-meaning";
import { mends } from "./list-mends";
import { listSaving } from "./list-saving";
import { listTable, type ListTable } from "./list-table";
import { summary } from "./mending";
import type { Sheet } from "./sheet";
import { headingOf, note, tell, verdict } from "./telling";
import type { Frame } from "./use";

/** A file at hand: a list with its rows, or something of which only its bytes are known. */
export interface AtHand {
  readonly name: string;
  readonly sheet: Sheet | undefined;
  /** What came in; nothing of a list that was begun here. */
  readonly bytes: Uint8Array;
  /** Whether it was begun here, so that there is nothing to tell of it yet. */
  readonly isNew: boolean;
}

/** What the desk shows, and how to move the focus to it. */
export interface Desk {
  readonly element: HTMLElement;
  focus(): void;
}

/** Lays a list on the desk; `close` forgets it. */
export function listDesk(frame: Frame, atHand: AtHand, close: () => void): Desk {
  const given = readsMonthFirst(atHand) ? { ...atHand, sheet: undefined } : atHand;
  let { name } = given;
  let school = schoolOf(frame);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let took = 0;
  const recheck = (): Checked => {
    waiting = undefined;
    const began = performance.now();
    const found = checkedAs(given, name, school);
    took = performance.now() - began;
    return found;
  };
  let checked = recheck();
  const told = element("div", {});
  const toMend = element("div", {});
  const noHeaders = note("plain", paragraph(NO_HEADERS));
  const meaning = listMeaning(frame, name, {
    renamed: (to) => {
      name = to;
      again();
    },
    ofSchool: (which) => {
      school = which;
      again();
    },
  });
  const saving = listSaving(frame, () => {
    if (waiting !== undefined) flush();
    return { name, checked };
  });
  const again = () => {
    clearTimeout(waiting);
    // Not while somebody is still moving to the next cell; a long list is checked when they pause.
    waiting = setTimeout(flush, Math.min(2500, 120 + 2 * took));
  };
  const typing = () => {
    if (waiting !== undefined) again();
  };
  const table: ListTable | undefined =
    given.sheet === undefined ? undefined : listTable(given.sheet, checked, again);
  table?.element.addEventListener("input", typing);
  const draw = () => {
    noHeaders.hidden = checked.read !== undefined;
    if (given.isNew && checked.read?.list.rows.length === 0) {
      show(told, fillingIn());
      show(toMend);
      meaning.show(checked);
      saving.show(checked);
      frame.say("check-a-list", undefined);
      return;
    }
    show(told, ...toldOf(checked));
    show(
      toMend,
      ...mends(checked.problems, table && ((problem: Problem) => table.reveal(problem))),
    );
    meaning.show(checked);
    saving.show(checked);
    frame.say("check-a-list", summary(checked).sentence);
  };
  const flush = () => {
    clearTimeout(waiting);
    checked = recheck();
    table?.mark(checked);
    draw();
    tell(`Checked again. ${summary(checked).sentence}.`);
  };
  draw();
  return {
    element: element(
      "div",
      {},
      told,
      meaning.element,
      toMend,
      table === undefined
        ? undefined
        : [element("h2", {}, "The rows"), howToType(), noHeaders, table.element],
      saving.element,
      element("div", { class: "row" }, button("Close and forget this list", close, "second")),
    ),
    focus: () => {
      const heading = told.querySelector("h2");
      if (heading !== null) focusOn(heading);
    },
  };
}

// One date that reads month first tells that its neighbours can't be trusted either. Were it mended here, they
// would be read day first, and nobody would hear of it again: such a file is mended where it was made.
function readsMonthFirst(given: AtHand): boolean {
  if (given.isNew) return false;
  const { problems } = checkedAs(given, given.name, undefined);
  return problems.some(({ code }) => code === "dates-month-first");
}

function checkedAs({ sheet, bytes }: AtHand, name: string, school: School | undefined): Checked {
  const day = today(new Date());
  if (sheet === undefined) return check(name, bytes, day, school);
  return checkTable(name, sheet.table(), day, school);
}

function schoolOf({ facts }: Frame): School | undefined {
  return facts.school === undefined
    ? undefined
    : { laestab: facts.school.id, urn: facts.school.urn };
}

function toldOf(checked: Checked): readonly HTMLElement[] {
  const { tone, sentence, detail } = summary(checked);
  const box = verdict(
    tone,
    sentence,
    checked.notes.map((told) => paragraph(element("strong", {}, told))),
    paragraph(detail),
  );
  headingOf(box);
  const hasRows = checked.counts !== null && checked.counts.rows > 0;
  return [box, ...(hasRows ? [counts(checked.counts)] : [])];
}

function counts(of: NonNullable<Checked["counts"]>): HTMLElement {
  const lines: readonly (readonly [string, number])[] = [
    [of.rows === 1 ? "row" : "rows", of.rows],
    [of.consented === 1 ? "consents" : "consent", of.consented],
    [of.not_consented === 1 ? "does not" : "do not", of.not_consented],
    [of.withdrawn === 1 ? "withdraws" : "withdraw", of.withdrawn],
    ["can’t be used", of.rejected],
  ];
  return element(
    "dl",
    { class: "counts" },
    lines.map(([what, count]) =>
      element("div", {}, element("dt", {}, what), element("dd", {}, count.toLocaleString("en-GB"))),
    ),
  );
}

function fillingIn(): HTMLElement {
  return verdict(
    "plain",
    "Fill in your list",
    paragraph(
      "One row for each pupil. Each row is checked as you go. You can paste rows that you copied from a spreadsheet.",
    ),
  );
}

function howToType(): HTMLElement {
  return element(
    "p",
    { class: "on-screen" },
    "Change any cell here. The Tab key goes to the next cell, Enter and the arrow keys to the row below or above.",
  );
}

const NO_HEADERS =
  "The page can’t tell which row holds the headers, so all rows are shown. Write headers such as Forename, Surname and Date of birth into the row above the pupils.";

/** What every list is told with. */
export function receiptCounts(): HTMLElement {
  return note(
    "plain",
    paragraph(
      element("strong", {}, "Only the council’s receipt counts."),
      " This page checks a list by the council’s own rules, but it does not know your earlier lists. Who is no longer on your list, for instance, only the receipt can tell.",
    ),
  );
}
