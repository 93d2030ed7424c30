// Fill and check a list: a file that comes in, or the empty template, goes onto the desk.

import { contents } from "../reading/contents";
import { kindOf } from "../reading/kind";
import { Unreadable } from "../reading/unreadable";
import { rules } from "../rules";
import { today } from "../domain/days";
import { dropZone } from "./dropping";
import { button, element, focusOn, paragraph, show } from "./element";
import { attend, offerElsewhere } from "./elsewhere";
import { section } from "./frame";
import { listDesk, receiptCounts, type AtHand } from "./list-desk";
import type { Given } from "./recognising";
import { Sheet } from "./sheet";
import { note, tell } from "./telling";
import type { Frame, Use } from "./use";

/** Builds the use. */
export function checkListUse(frame: Frame): Use {
  const title = "Fill and check a list";
  const place = element("div", {});
  const whole = section("check-a-list", title, place);
  let isAtWork = false;
  const close = () => {
    isAtWork = false;
    frame.say("check-a-list", undefined);
    show(place, ...asking(take, begin));
    const heading = whole.querySelector("h1");
    if (heading !== null && !whole.hidden) {
      focusOn(heading);
      tell("The list is closed and forgotten.");
    }
  };
  const lay = (given: AtHand) => {
    const desk = listDesk(frame, given, close);
    isAtWork = true;
    show(place, desk.element, receiptCounts());
    desk.focus();
  };
  const begin = () => {
    const name = `consent list ${today(new Date())}.csv`;
    lay({ name, sheet: Sheet.template(BLANK_ROWS), bytes: new Uint8Array(), isNew: true });
  };
  const take = (files: readonly Given[]) => {
    const [first, second] = files;
    if (first === undefined) return;
    const isHere = ({ what }: Given) => what === "list" || what === "other";
    const offer = offerElsewhere(
      frame,
      files.filter((given) => !isHere(given)),
    );
    if (!isHere(first)) {
      if (offer !== undefined) tellOffer(place, offer);
      return;
    }
    const change = () => {
      lay({ name: first.name, sheet: sheetOf(first), bytes: first.bytes, isNew: false });
      if (second !== undefined) place.prepend(oneOnly(first.name));
    };
    // What somebody mended here is not lost to a file that slipped from their hand.
    if (isAtWork) tellOffer(place, exchanged(first.name, change));
    else change();
  };
  close();
  return {
    id: "check-a-list",
    title,
    promise:
      "See what the council would say of your list, mend it here, and save it clean or encrypted.",
    section: whole,
    take,
  };
}

const BLANK_ROWS = 5;

function asking(
  take: (files: readonly Given[]) => void,
  begin: () => void,
): readonly HTMLElement[] {
  const zone = dropZone(
    {
      title: "Drop your list here",
      hint: "A file of .xlsx, .csv, .ods, .xls, .tsv or .txt, as you would put it into your box.",
      button: "Choose your list",
      many: false,
    },
    take,
  );
  return [
    element(
      "p",
      { class: "lead" },
      "Check your list of pupils before you send it. The page reads it by the council’s own rules and shows row by row what to mend.",
    ),
    zone.element,
    element("h2", {}, "Or begin with an empty list"),
    paragraph(`It has the columns that always read well: ${rules.template.headers.join(", ")}.`),
    element("div", { class: "row" }, button("Start an empty list", begin, "second")),
    receiptCounts(),
  ];
}

/** The rows of a file, where it is a list that can be read at all. */
function sheetOf({ name, bytes }: Given): Sheet | undefined {
  const { kind, encrypted } = kindOf(name);
  const isList = kind === "consent-list" || kind === "addition" || kind === "withdrawal";
  if (!isList || encrypted || bytes.length > rules.limits.max_bytes) return undefined;
  try {
    const held = contents(name, bytes);
    return held.is === "rows" ? Sheet.of(held.table) : undefined;
  } catch (why) {
    if (why instanceof Unreadable) return undefined;
    throw why;
  }
}

function tellOffer(place: HTMLElement, offer: HTMLElement): void {
  place.querySelector(".offer")?.remove();
  offer.classList.add("offer");
  place.prepend(offer);
  attend(offer);
}

function exchanged(name: string, change: () => void): HTMLElement {
  const keep = () => {
    const offer = box.parentElement;
    box.remove();
    const heading = offer?.querySelector("h2");
    if (heading !== null && heading !== undefined) focusOn(heading);
  };
  const box = note(
    "warn",
    paragraph(
      `Close the list below and check «${name}» instead? What you changed in it is not saved.`,
    ),
    element(
      "div",
      { class: "row" },
      button(`Check «${name}» instead`, change),
      button("Keep the list below", keep, "second"),
    ),
  );
  return box;
}

function oneOnly(name: string): HTMLElement {
  return note("warn", paragraph(`One list at a time: this is «${name}».`));
}
