// How this room says no: what is wrong with a file or a key, and how to mend it. Outcomes, not exceptions:
// a wrong file is what people bring.

/** Something that was not done, with the reason as programs and as people read it. */
export interface Refused<Reason extends string> {
  readonly is: "refused";
  readonly reason: Reason;
  /** What is wrong. */
  readonly message: string;
  /** How to mend it. */
  readonly fix: string;
}

/** What is told for each reason: what is wrong, and how to mend it. */
export type Sayings<Reason extends string> = Readonly<
  Record<Reason, readonly [message: string, fix: string]>
>;

/** The refusal for this reason, in the words of this table. */
export function refusedAs<Reason extends string>(
  sayings: Sayings<Reason>,
  reason: Reason,
): Refused<Reason> {
  const [message, fix] = sayings[reason];
  return { is: "refused", reason, message, fix };
}
