// A receipt in the words in which the council's text tells it: the mirror of the daemon's `flow::words`. The
// text beside a receipt is not signed; what is said here is made from the JSON, which is.

import type { Receipt, ReceiptProblem } from "../receipts/receipt";

/** One sentence that says how it ended. */
export function headline({ id, kind, outcome, file, notice }: Receipt): string {
  switch (kind) {
    case "release":
      return `${id}: ${releaseEnded(outcome)}`;
    case "removed":
      return `${id}: the destination file is no longer in your outbox; its time was up.`;
    case "reminder":
      return notice === undefined
        ? `${id}: a reminder. This destination file still lies in your outbox.`
        : `${id}: a reminder. Please destroy what this notice asks for, and say so.`;
    case "notice":
      return outcome === "closed"
        ? `${id}: your school confirmed, and the notice is closed. Thank you.`
        : `${id}: please destroy what you hold on the pupils in this notice.`;
    default:
      break;
  }
  if (kind === "withdrawal" && outcome === "closed") {
    return `${id}: these withdrawals were undone by the council.`;
  }
  if (kind === "request" && file === undefined) return `${id}: your request ${answered(outcome)}.`;
  if (kind === "discrepancy" && outcome === "closed") {
    return `${id}: the council looked into the discrepancy; its answer stands above.`;
  }
  return `${id}: ${submissionEnded(kind, outcome)}`;
}

/** What happens next. */
export function next({ kind, outcome, file, notice }: Receipt): string {
  const isList = kind === "consent-list" || kind === "addition";
  if (isList && outcome === "accepted") {
    return "Destination files follow on the council's dates. Put a file named «request» into inbox/ to ask for one sooner.";
  }
  if (isList && outcome === "accepted-with-errors") {
    return "Mend the rows above in your list and send the whole list again. The other pupils are taken already.";
  }
  if (kind === "withdrawal" && (outcome === "accepted" || outcome === "accepted-with-errors")) {
    return "Nothing more is shared about these pupils. Files that held them and were not collected are made again without them.";
  }
  if (kind === "request") {
    if (outcome === "accepted") {
      return "The destination file, or the reason why there is none, has a receipt of its own.";
    }
    if (outcome === "rejected" && file === undefined) {
      return "You may ask again. If you have questions, ask the council's contact below.";
    }
    if (outcome === "queued") {
      return "You need do nothing: the answer comes as a receipt of its own.";
    }
  }
  if (kind === "discrepancy" && outcome === "closed") {
    return "If it is not settled with this, put another file named «discrepancy» into inbox/.";
  }
  if (kind === "discrepancy" && outcome === "accepted") {
    return "A council analyst looks into it and answers here.";
  }
  if (kind === "release" && outcome === "released") {
    return "Collect the file from outbox/ and open it with your key.";
  }
  if (kind === "release" && outcome === "recalled") {
    return "If anything is left to share, a new file lies in outbox/. If you have collected this one after all, destroy it.";
  }
  if ((kind === "notice" || kind === "reminder") && outcome === "open" && notice !== undefined) {
    return "When it is done, put a text file named «destroyed.txt» into inbox/ with the notice's number in it. The notice stays open until then.";
  }
  if (kind === "reminder") {
    return "Collect it from outbox/ before its time is up. If a colleague has collected it already, nothing needs to be done.";
  }
  if (kind === "destruction" && outcome === "accepted") {
    return "Each notice that you confirmed has a receipt of its own that says it is closed.";
  }
  if (kind === "removed") return "Put a file named «request» into inbox/ to have a new one.";
  if (outcome === "rejected") return "Mend what is listed above and send the file again.";
  if (outcome === "held") return "Ask the council's contact below if you need it soon.";
  return "Nothing needs to be done.";
}

/** What was counted, as a title and lines of a number and its words. */
export interface CountedLines {
  readonly title: string;
  readonly lines: readonly (readonly [number, string])[];
}

/** How many of what. */
export function countedLines({ counts, release }: Receipt): readonly CountedLines[] {
  if (counts === undefined) return [];
  if (counts.of === "release") {
    const title =
      release?.trigger === "recall"
        ? "Of the pupils in the earlier file who still consent"
        : "Of the pupils on your list who consent";
    const { consented, shared, no_record, ambiguous, expired, not_eligible, held } = counts;
    const lines: readonly (readonly [number, string])[] = [
      [consented, "in all, of which"],
      [shared, shared === 1 ? "is in the file" : "are in the file"],
      [no_record, `${no_record === 1 ? "has" : "have"} no record that fits with the council`],
      [ambiguous, "can't be told apart from another record with certainty"],
      [expired, "gave a consent that has expired"],
      [not_eligible, "can't be shared under the agreement"],
      [held, `${held === 1 ? "is" : "are"} with a council officer first`],
    ];
    return [{ title, lines }];
  }
  const { rows, consented, not_consented, withdrawn, rejected, renewed, lapsed } = counts;
  return [
    {
      title: "What was in it",
      lines: [
        [rows, rows === 1 ? "pupil's row, of which" : "rows of pupils, of which"],
        [consented, consented === 1 ? "consents" : "consent"],
        [not_consented, not_consented === 1 ? "does not consent" : "do not consent"],
        [withdrawn, withdrawn === 1 ? "withdraws consent" : "withdraw their consent"],
        [rejected, "could not be used"],
      ],
    },
    {
      title: "What it changed",
      lines: [
        [counts.new, counts.new === 1 ? "pupil is new" : "pupils are new"],
        [renewed, `${renewed === 1 ? "pupil was" : "pupils were"} on record already`],
        [
          lapsed,
          lapsed === 1
            ? "pupil is no longer on your list; sharing for this pupil has stopped"
            : "pupils are no longer on your list; sharing for them has stopped",
        ],
      ],
    },
  ];
}

/** Where a problem is: «Row 7, column «DOB»». */
export function placeOf({ row, column }: ReceiptProblem): string {
  if (row !== null) return column === null ? `Row ${row}` : `Row ${row}, column «${column}»`;
  return column === null ? "The file" : `Column «${column}»`;
}

/** A moment in England: «21 November 2026, 17:30:26». */
export function longTime(at: Date): string {
  const day = new Intl.DateTimeFormat("en-GB", { ...LONG_DAY, timeZone: ENGLAND }).format(at);
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: ENGLAND });
  return `${day}, ${clock.format(at)}`;
}

/** A day, or the one so many days later, as people write it: «21 November 2026»; what is none stays as it is. */
export function longDay(day: string, later = 0): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  at.setUTCDate(at.getUTCDate() + later);
  return new Intl.DateTimeFormat("en-GB", { ...LONG_DAY, timeZone: "UTC" }).format(at);
}

const ENGLAND = "Europe/London";
const LONG_DAY = { day: "numeric", month: "long", year: "numeric" } as const;

type Outcome = Receipt["outcome"];

function releaseEnded(outcome: Outcome): string {
  if (outcome === "released") return "a destination file is in your outbox.";
  if (outcome === "recalled") return "the destination file was taken back out of your outbox.";
  return "nothing was released this time.";
}

function answered(outcome: Outcome): string {
  if (outcome === "accepted") return "is granted";
  if (outcome === "queued") return "is approved and waits for its turn";
  if (outcome === "rejected") return "is declined";
  return "can't be granted now";
}

function submissionEnded(kind: Receipt["kind"], outcome: Outcome): string {
  if (kind === "request") {
    if (outcome === "accepted") return "your request was taken and is granted.";
    if (outcome === "queued") return "your request was taken and waits for its turn.";
    if (outcome === "held") return "your request can't be granted now.";
  }
  if (outcome === "accepted") return "your file was taken. There is nothing that must be mended.";
  if (outcome === "accepted-with-errors") {
    return "your file was taken, but some rows need mending. Those rows were left out.";
  }
  return outcome === "rejected" ? "your file was NOT taken." : `${outcome}.`;
}
