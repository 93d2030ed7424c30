// Names of pupils in cells: two columns, or one that holds both names. Guesses no order. The mirror of the
// daemon's `reading::names`.

import { wordsBetweenSpaces } from "../domain/letters";
import { bad, BLANK, read, type Cell } from "../domain/list";
import { parseName } from "../domain/names";
import { unquoted } from "./cells";

/** Forename and surname. */
export interface Names {
  readonly forename: Cell<string>;
  readonly surname: Cell<string>;
}

/** One part of a name. */
export function namePart(text: string): Cell<string> {
  const bare = unquoted(text);
  // An error value of a spreadsheet, such as `#N/A`.
  if (bare.startsWith("#")) return bad("name-invalid");
  const told = parseName(bare);
  switch (told.is) {
    case "name":
      return read(told.name);
    case "empty":
      return BLANK;
    case "characters":
    case "too-long":
      return bad("name-invalid");
  }
}

/** Forename and surname out of one cell: `Surname, Forename` or `Forename Surname`. */
export function wholeName(text: string): Names {
  const bare = unquoted(text);
  if (bare === "") return { forename: BLANK, surname: BLANK };
  const [forename, surname] = bare.includes(",") ? behindOneComma(bare) : twoWords(bare);
  const names = { forename: namePart(forename), surname: namePart(surname) };
  return names.forename.is === "blank" || names.surname.is === "blank" ? AMBIGUOUS : names;
}

type Parts = readonly [forename: string, surname: string];

function behindOneComma(text: string): Parts {
  const [surname = "", forename = "", ...more] = text.split(",");
  return more.length === 0 ? [forename, surname] : NEITHER;
}

function twoWords(text: string): Parts {
  const [forename = "", surname = "", ...more] = wordsBetweenSpaces(text);
  return more.length === 0 ? [forename, surname] : NEITHER;
}

const NEITHER: Parts = ["", ""];
const AMBIGUOUS: Names = { forename: bad("name-ambiguous"), surname: bad("name-ambiguous") };
