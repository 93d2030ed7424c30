// The offer to take files to where they belong.

import { button, element, paragraph } from "./element";
import { spokenOf, type Given, type What } from "./recognising";
import { note, tell } from "./telling";
import type { Frame, UseId } from "./use";

/** A box that says what the files are and offers the right use; nothing where all are known here. */
export function offerElsewhere(frame: Frame, strays: readonly Given[]): HTMLElement | undefined {
  const [first] = strays;
  if (first === undefined) return undefined;
  if (first.what === "other") {
    return note("warn", paragraph(`«${first.name}» is ${spokenOf("other")}.`));
  }
  const place = PLACES[first.what];
  const fitting = strays.filter((given) => isFor(given, place.use));
  return note(
    "warn",
    paragraph(`«${first.name}» is ${spokenOf(first.what)}. ${place.says}`),
    element(
      "div",
      { class: "row" },
      button(place.offer, () => frame.go(place.use, fitting)),
    ),
  );
}

/** The use to which files belong that were dropped where nothing is asked for. */
export function useFor(files: readonly Given[]): UseId {
  const known = files.find(({ what }) => what !== "other");
  return known === undefined || known.what === "other" ? LIST.use : PLACES[known.what].use;
}

/** Brings an offer to whoever gave the files: to its button, or by its words. */
export function attend(offer: HTMLElement): void {
  const take = offer.querySelector("button");
  if (take !== null) take.focus();
  tell(offer.querySelector("p:not(.mark)")?.textContent ?? "");
}

function isFor({ what }: Given, use: UseId): boolean {
  return what !== "other" && PLACES[what].use === use;
}

interface Place {
  readonly use: UseId;
  readonly says: string;
  readonly offer: string;
}

const OPEN: Place = {
  use: "open-a-file",
  says: "Files like this are opened under «Open a file».",
  offer: "Take it to «Open a file»",
};

const RECEIPT: Place = {
  use: "check-a-receipt",
  says: "It belongs to «Check a receipt».",
  offer: "Take it to «Check a receipt»",
};

const LIST: Place = {
  use: "check-a-list",
  says: "Lists are checked under «Fill and check a list».",
  offer: "Take it to «Fill and check a list»",
};

const PLACES: { readonly [what in Exclude<What, "other">]: Place } = {
  sealed: OPEN,
  key: { ...OPEN, says: "Keep it to yourself. It opens files under «Open a file»." },
  destinations: OPEN,
  receipt: RECEIPT,
  signature: RECEIPT,
  signers: RECEIPT,
  "receipt-text": RECEIPT,
  recipient: {
    use: "check-a-list",
    says: "Lists are encrypted to it under «Fill and check a list».",
    offer: "Take it to «Fill and check a list»",
  },
  list: LIST,
};
