// A receipt as a person reads it: what arrived, what became of it, what to mend, what happens next.

import type { NoticeFacts, Receipt, ReceiptProblem, ReleaseFacts } from "../receipts/receipt";
import { element, paragraph } from "./element";
import { countedLines, headline, longDay, longTime, next, placeOf } from "./receipt-words";
import { counted, listed, note, sized } from "./telling";

/** The receipt. */
export function receiptView(receipt: Receipt): HTMLElement {
  return element(
    "div",
    { class: "receipt" },
    element("h2", {}, "What the receipt says"),
    receipt.rehearsal
      ? note(
          "warn",
          paragraph("Rehearsal: this is a trial run. Nothing in it happened in earnest."),
        )
      : undefined,
    receipt.notes.map((told) => paragraph(element("strong", {}, told))),
    element("p", { class: "lead" }, headline(receipt)),
    heading(receipt),
    countedLines(receipt).map(({ title, lines }) => [element("h3", {}, title), countList(lines)]),
    receipt.release === undefined ? undefined : release(receipt.release, receipt.outcome),
    receipt.notice === undefined || receipt.outcome !== "open" ? undefined : notice(receipt.notice),
    expiring(receipt),
    toMend(receipt),
    element("h3", {}, "What happens next"),
    paragraph(next(receipt)),
    proof(receipt),
  );
}

function heading({ at, school, file, by }: Receipt): HTMLElement {
  return facts([
    ["Time", longTime(at)],
    ["School", school],
    ["File", file?.name],
    ["Size", file === undefined ? undefined : counted(file.bytes, "byte", "bytes")],
    ["Uploaded with the key", by ?? undefined],
  ]);
}

function countList(lines: readonly (readonly [number, string])[]): HTMLElement {
  return element(
    "ul",
    { class: "tallies" },
    lines.map(([count, words]) =>
      element("li", {}, element("strong", {}, count.toLocaleString("en-GB")), ` ${words}`),
    ),
  );
}

function release(of: ReleaseFacts, outcome: Receipt["outcome"]): readonly HTMLElement[] {
  const rule =
    of.expiry_rule === "two-years-after-leaving"
      ? "A consent lasts until two years after the school leaving date."
      : "A consent lasts until the 18th birthday, two years from consent, or two years after leaving: whichever comes first.";
  const lies =
    outcome === "released" && of.file !== null
      ? "It opens with the key of each person at your school who may collect, and with no other."
      : undefined;
  return [
    element("h3", {}, "The file"),
    facts([
      ["Name", of.file ?? undefined],
      ["Size", of.bytes === null ? undefined : sized(of.bytes)],
      ["Also as", of.also.length === 0 ? undefined : listed(of.also.map(({ name }) => name))],
      ["In your outbox until", of.until === null ? undefined : longDay(of.until, -1)],
      ["Takes the place of", of.supersedes ?? undefined],
      [
        "Made from the council’s records of",
        of.extract === null ? undefined : longDay(of.extract.exported_on),
      ],
    ]),
    paragraph(lies, lies === undefined ? undefined : " ", rule),
  ];
}

function notice(of: NoticeFacts): readonly HTMLElement[] {
  const whom =
    of.pupils === 1
      ? "One pupil withdrew consent. Please destroy what you hold on this pupil"
      : `${of.pupils} pupils withdrew their consent. Please destroy what you hold on these pupils`;
  return [
    element("h3", {}, "What to destroy"),
    paragraph(
      `${whom} in every copy of the files of ${of.releases.join(", ")}: in folders, in e-mail, in your own systems, on paper.`,
    ),
    of.file === null
      ? paragraph(
          "Nobody at your school has a key at present that could open the list of them. Ask the council’s contact.",
        )
      : paragraph(
          "The list of them lies beside the receipt, and opens under «Open a file»: ",
          element("span", { class: "line" }, of.file.name),
        ),
  ];
}

function expiring({ expiring: soon }: Receipt): readonly HTMLElement[] {
  if (soon === undefined || soon.in_90_days === 0) return [];
  const ends = (count: number) => (count === 1 ? "ends" : "end");
  return [
    element("h3", {}, "Consents that end soon; nothing is shared about those pupils after that"),
    countList([
      [soon.in_30_days, `${ends(soon.in_30_days)} within 30 days`],
      [soon.in_90_days, `${ends(soon.in_90_days)} within 90 days, those among them`],
    ]),
  ];
}

function toMend({ problems, problems_left_out: leftOut }: Receipt): readonly HTMLElement[] {
  const told = TITLES.flatMap(([severity, title]) => {
    const of = problems.filter((problem) => problem.severity === severity);
    return of.length === 0 ? [] : [element("h3", {}, title), problemTable(title, of)];
  });
  const more =
    leftOut === 0
      ? []
      : [
          paragraph(
            `… and ${leftOut.toLocaleString("en-GB")} more like these. Mend these first and send the list again.`,
          ),
        ];
  return [...told, ...more];
}

const TITLES = [
  ["error", "What to mend"],
  ["warning", "What to check"],
] as const;

function problemTable(title: string, problems: readonly ReceiptProblem[]): HTMLElement {
  const head = ["Where", "What is wrong", "How to mend it"];
  const row = (problem: ReceiptProblem) =>
    element("tr", { role: "row" }, [
      element("th", { scope: "row", role: "rowheader" }, placeOf(problem)),
      element("td", { role: "cell", "data-header": head[1] }, problem.message),
      element(
        "td",
        { role: "cell", "data-header": head[2] },
        problem.fix,
        " ",
        element("span", { class: "quiet small code" }, `[${problem.code}]`),
      ),
    ]);
  return element(
    "table",
    { class: "cards problems", role: "table" },
    element("caption", { class: "unseen" }, title),
    element(
      "thead",
      { role: "rowgroup" },
      element(
        "tr",
        { role: "row" },
        head.map((name) => element("th", { scope: "col", role: "columnheader" }, name)),
      ),
    ),
    element("tbody", { role: "rowgroup" }, problems.map(row)),
  );
}

function proof({ file, audit }: Receipt): HTMLElement {
  return element(
    "details",
    {},
    element("summary", {}, "For the record"),
    facts([
      ["SHA-256 of the file", file?.sha256],
      ["Place in the council’s trail", `row ${audit.seq}, ${audit.hash}`],
    ]),
  );
}

function facts(lines: readonly (readonly [string, string | undefined])[]): HTMLElement {
  return element(
    "dl",
    { class: "facts" },
    lines.map(([name, value]) =>
      value === undefined ? undefined : [element("dt", {}, name), element("dd", {}, value)],
    ),
  );
}
