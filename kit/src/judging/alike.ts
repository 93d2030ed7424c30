// Whether so many rows tell alike, one number in thousands of them for instance, that the daemon refuses the list
// before it compares them. It counts the looks that the daemon would need; the page itself looks up.

import { isComplete, type Traits } from "./identity";
import { rules } from "../rules";
import { speaks, withdraws, type Row } from "./rows";

/** Whether to tell whom the withdrawing rows mean would take more looks than a list is worth. */
export function isTooAlike(rows: readonly Row[]): boolean {
  const asking = new Map<string, Traits>();
  for (const { traits } of rows.filter((row) => speaks(row) && withdraws(row))) {
    asking.set(JSON.stringify(traits), traits);
  }
  if (asking.size === 0) return false;
  const crowd = new Map<string, number>();
  for (const { traits } of rows.filter((row) => isComplete(row.traits))) {
    for (const key of keys(traits)) crowd.set(key, (crowd.get(key) ?? 0) + 1);
  }
  let looks = 0;
  for (const traits of asking.values()) {
    for (const key of keys(traits)) looks += crowd.get(key) ?? 0;
  }
  return looks > rules.most_candidates;
}

/** By what the daemon finds those whom a description may fit. */
function keys({ born, forename, surname, upn, uln }: Traits): string[] {
  const found: string[] = [];
  if (upn !== undefined) found.push(`UPN ${upn}`);
  if (uln !== undefined) found.push(`ULN ${uln}`);
  if (born !== undefined && forename !== undefined) found.push(`forename ${born} ${forename}`);
  if (born !== undefined && surname !== undefined) found.push(`surname ${born} ${surname}`);
  return found;
}
