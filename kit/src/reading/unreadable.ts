// Why the bytes of a file give neither rows nor text, and what people are told of it.

import { ofFile, type Code, type Problem } from "../domain/problem";
import { rules } from "../rules";

/** What a file turns out to be, when it is not what its name says. */
export type Content = keyof typeof rules.contents;

/** What keeps a file from being read: the daemon's own list. */
export type Reason = keyof typeof rules.unreadable;

/** Thrown by the readers, and caught in one place: `contents`. */
export class Unreadable extends Error {
  private constructor(
    readonly reason: Reason | "NotWhatItsNameSays",
    /** What it is instead. */
    readonly content: Content | undefined,
    /** The row that shows it, as the spreadsheet numbers it. */
    readonly row: number | undefined,
  ) {
    super(reason);
  }

  static because(reason: Reason, row?: number): Unreadable {
    return new Unreadable(reason, undefined, row);
  }

  static itIs(content: Content): Unreadable {
    return new Unreadable("NotWhatItsNameSays", content, undefined);
  }

  /** As a receipt would tell it. */
  problem(): Problem {
    const told =
      this.content === undefined
        ? rules.unreadable[this.reason as Reason]
        : rules.contents[this.content];
    return {
      ...ofFile(told.code as Code),
      message: told.message.replace("{row}", String(this.row)),
      fix: told.fix,
    };
  }
}
