// A table to a list of pupils: each cell read, nothing judged but what concerns the file as a whole. What a
// list changes is for the judges to say. The mirror of the daemon's `reading::pupils`.

import type { Day } from "../domain/days";
import {
  bad,
  BLANK,
  read,
  type Answer,
  type Cell,
  type Columns,
  type Kind,
  type ListRow,
  type PupilList,
  type SchoolNamed,
  type Withdrawal,
} from "../domain/list";
import { ofFile, type Code, type Problem } from "../domain/problem";
import { SCHOOL_NAMES, SEN, type Field } from "./aliases";
import {
  readAnswer,
  readPlan,
  readSchool,
  readUln,
  readUpn,
  readWithdrawal,
  readYearGroup,
  unwrapped,
} from "./cells";
import { dateColumns, type DateColumn, type DateColumns, type Days } from "./date_columns";
import { dayOfSerial, readDate } from "./dates";
import { refusalOf } from "./doubts";
import { Header, shown, type Column } from "./header";
import { tellsOfRefusal } from "./kind";
import { namePart, wholeName, type Names } from "./names";
import { cellAt, type Row, type Table } from "./table";

/** What the reader of a list must be told. */
export interface ListAsk {
  /** The file's name holds a word of refusal (`namesRefusals`). */
  readonly fileRefuses: boolean;
  /** The days on which a pupil of today can be born. A bare number is a date only within them. */
  readonly pupilBorn: Days;
}

/** The list in a table, or why it can't be read at all. */
export function pupils(table: Table, kind: Kind, ask: ListAsk): PupilList | Problem {
  const header = Header.find(table, kind);
  if (!(header instanceof Header)) return header;
  const stray = strayCells(table, header);
  if (stray !== undefined) return stray;
  const listsConsents = kind !== "withdrawal";
  const told = header.columns("consent").length > 0;
  if (listsConsents && !told && refuses(table, header, ask)) return ofFile("kind-unclear");
  const data = table.rows.slice(header.at + 1);
  const dates = dateColumns(header, data, ask.pupilBorn);
  const reader = new RowReader(header, dates);
  return {
    columns: reader.columns(),
    rows: data.map((row) => reader.row(row)),
    warnings: table.encodingAssumed ? [ofFile("encoding-assumed")] : [],
    refusal: refusalOf(table, header, dates, listsConsents),
  };
}

// A comma within a name that is not quoted moves all cells behind it.
function strayCells(table: Table, header: Header): Problem | undefined {
  if (!table.delimited) return undefined;
  const rows = table.rows.slice(header.at + 1);
  const stray = rows.find((row) => row.cells.length > header.width);
  if (stray === undefined) return undefined;
  return {
    ...ofFile("file-unreadable"),
    message: `Row ${stray.number} has more cells than the header row; there may be a comma within a name.`,
  };
}

// Whether a list that has no consent column may be one of those who said no: by its file's name, its
// sheet's name or the title above it.
function refuses(table: Table, header: Header, ask: ListAsk): boolean {
  const titles = table.rows.slice(0, header.at).flatMap((row) => row.cells);
  return (
    ask.fileRefuses ||
    tellsOfRefusal(table.sheet) ||
    titles.some((title) => tellsOfRefusal(title.text))
  );
}

/** Reads rows under one header. */
class RowReader {
  private readonly wholeNames: boolean;
  private readonly meant = new Map<Field, readonly Column[]>();

  constructor(
    private readonly header: Header,
    private readonly dates: DateColumns,
  ) {
    this.wholeNames = header.hasWholeNames();
  }

  columns(): Columns {
    const header = (field: Field) => {
      const column = this.column(field);
      return column === undefined ? null : shown(column.header);
    };
    const whole = this.wholeNames ? header("whole_name") : null;
    return {
      forename: header("forename") ?? whole,
      surname: header("surname") ?? whole,
      born: header("born"),
      upn: header("upn"),
      uln: header("uln"),
      consent: header("consent"),
      consentDate: header("consent_date"),
      withdrawn: header("withdrawn"),
      yearGroup: header("year_group"),
      ehcp: header("ehcp"),
      school: header("school"),
    };
  }

  row(row: Row): ListRow {
    return {
      number: row.number,
      ...this.names(row),
      born: this.day(row, "born", this.dates.born, "dob-not-a-date"),
      upn: readUpn(this.text(row, "upn")),
      uln: readUln(this.text(row, "uln")),
      answer: this.answer(row),
      consentedOn: this.day(row, "consent_date", this.dates.consented, "consent-date-invalid"),
      withdrawn: this.withdrawal(row),
      yearGroup: readYearGroup(this.text(row, "year_group")),
      ehcp: this.ehcp(row),
      school: this.school(row),
    };
  }

  private names(row: Row): Names {
    if (this.wholeNames) return wholeName(this.text(row, "whole_name"));
    return {
      forename: namePart(this.text(row, "forename")),
      surname: namePart(this.text(row, "surname")),
    };
  }

  private day(row: Row, field: Field, column: DateColumn, wrong: Code): Cell<Day> {
    const text = this.text(row, field);
    if (text === "") return BLANK;
    const written = readDate(unwrapped(text));
    if (written.is === "day") return read(written.day);
    const serial = written.is === "serial" && column.serials ? written.serial : undefined;
    const day = serial === undefined ? undefined : dayOfSerial(serial);
    return day === undefined ? bad(wrong) : read(day);
  }

  // Where two columns are meant, a no in either is a no.
  private answer(row: Row): Answer {
    const answers = this.columnsOf("consent").map((column) => readAnswer(cellAt(row, column.at)));
    if (answers.length === 0) return "no-column";
    if (answers.includes("no")) return "no";
    return answers.includes("unclear") ? "unclear" : "yes";
  }

  // Where two columns are meant, either withdraws.
  private withdrawal(row: Row): Withdrawal {
    for (const column of this.columnsOf("withdrawn")) {
      const value = cellAt(row, column.at);
      const written = readDate(unwrapped(value.text));
      if (written.is === "day") return { is: "on", day: written.day };
      const said = readWithdrawal(value);
      if (said.is !== "no") return said;
    }
    return { is: "no" };
  }

  private ehcp(row: Row): boolean {
    const column = this.column("ehcp");
    if (column === undefined) return false;
    return readPlan(cellAt(row, column.at), column.alias.rank >= SEN ? "sen" : "ehcp");
  }

  private school(row: Row): Cell<SchoolNamed> {
    const column = this.column("school");
    if (column === undefined) return BLANK;
    const kind = column.alias.rank >= SCHOOL_NAMES ? "name" : "number";
    return readSchool(cellAt(row, column.at).text, kind);
  }

  private text(row: Row, field: Field): string {
    const column = this.column(field);
    return column === undefined ? "" : cellAt(row, column.at).text;
  }

  // The column of a field; the leftmost, where it is in doubt.
  private column(field: Field): Column | undefined {
    return this.columnsOf(field)[0];
  }

  private columnsOf(field: Field): readonly Column[] {
    const known = this.meant.get(field) ?? this.header.columns(field);
    this.meant.set(field, known);
    return known;
  }
}
