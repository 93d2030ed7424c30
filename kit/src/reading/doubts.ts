// What makes a list as a whole untrustworthy: columns of which nobody can tell which is meant, dates that
// read month first, rows that are hidden, and a consent that is some other consent.

import type { Refusal } from "../domain/list";
import { ofFile, type Code } from "../domain/problem";
import { FIELDS, identifies, type Field } from "./aliases";
import type { DateColumns } from "./date_columns";
import { shown, type Header } from "./header";
import type { Table } from "./table";

/** Why nothing but withdrawals may be taken from a list. What concerns who the pupils are goes first. */
export function refusalOf(
  table: Table,
  header: Header,
  dates: DateColumns,
  listsConsents: boolean,
): Refusal | undefined {
  const doubts = [...doubtfulColumns(header), ...monthFirst(header, dates)];
  if (table.hiddenRows) doubts.push({ problem: ofFile("hidden-rows"), identifiesNobody: false });
  if (listsConsents && header.columns("consent").length === 0) {
    const other = header.otherConsent();
    if (other !== undefined) doubts.push(doubt("column-ambiguous", other, false));
  }
  return doubts.find(({ identifiesNobody }) => identifiesNobody) ?? doubts[0];
}

function doubtfulColumns(header: Header): readonly Refusal[] {
  return FIELDS.flatMap((field) => {
    const [first, second] = header.columns(field);
    const looked = field !== "whole_name" || header.hasWholeNames();
    if (!looked || first === undefined || second === undefined) return [];
    return [doubt("column-ambiguous", first.header, identifies(field))];
  });
}

function monthFirst(header: Header, dates: DateColumns): readonly Refusal[] {
  const columns: readonly (readonly [Field, boolean])[] = [
    ["born", dates.born.monthFirst],
    ["consent_date", dates.consented.monthFirst],
    ["withdrawn", dates.withdrawn.monthFirst],
  ];
  return columns.flatMap(([field, foreign]) => {
    const [column] = header.columns(field);
    if (!foreign || column === undefined) return [];
    return [doubt("dates-month-first", column.header, identifies(field))];
  });
}

function doubt(code: Code, header: string, identifiesNobody: boolean): Refusal {
  return { problem: { ...ofFile(code), column: shown(header) }, identifiesNobody };
}
