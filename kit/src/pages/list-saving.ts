// Saves a mended list: as a clean CSV, or encrypted to the council's intake key.

import { cleaned, type CleanList } from "../cleaning";
import type { Checked } from "../checking";
import { readRecipient, sealTo, type AgeRecipient } from "../sealing/recipient";
import { contactOf } from "./council";
import { dropZone } from "./dropping";
import { button, element, paragraph, show } from "./element";
import { areaField, form } from "./fields";
import { rowsToMend } from "./mending";
import type { Given } from "./recognising";
import { save } from "./saving";
import { counted, note, tell } from "./telling";
import type { Frame } from "./use";

/** Where a list is saved. */
export interface ListSaving {
  readonly element: HTMLElement;
  show(checked: Checked): void;
}

/** The list as it is at this moment. */
export interface Current {
  readonly name: string;
  readonly checked: Checked;
}

/** Makes the place; `current` is asked when somebody saves. */
export function listSaving(frame: Frame, current: () => Current): ListSaving {
  const warnings = element("div", {});
  const done = element("div", { role: "status" });
  const ways = element(
    "div",
    {},
    warnings,
    element(
      "div",
      { class: "row" },
      button("Save the clean list", () => {
        saveClean(current(), done);
      }),
      button("Encrypt it to the council and save", () => seal.ask(), "second"),
    ),
    done,
  );
  const seal = sealing(frame, current, done);
  const none = element("div", {});
  const whole = element("div", {}, element("h2", {}, "Save the list"), none, ways, seal.element);
  return {
    element: whole,
    show: (checked) => {
      const why = nothingToSave(checked);
      ways.hidden = why !== undefined;
      seal.element.hidden = why !== undefined;
      whole.hidden = checked.read === undefined && checked.counts === null;
      show(none, why === undefined ? undefined : paragraph(why));
      show(warnings, warned(checked));
      show(done);
    },
  };
}

function saveClean({ name, checked }: Current, done: HTMLElement): void {
  const clean = cleaned(name, checked);
  if (clean === undefined) {
    show(done, notClean());
    return;
  }
  save(clean.name, clean.bytes, "text/csv");
  show(
    done,
    paragraph(
      `✓ Saved as «${clean.name}». The rows in it are numbered from 2, without blank ones. Put it into the folder inbox of your box, and read the receipt.`,
    ),
  );
}

interface Sealing {
  readonly element: HTMLElement;
  ask(): void;
}

/** Encrypts to the key that the page came with, or asks for it. */
function sealing(frame: Frame, current: () => Current, done: HTMLElement): Sealing {
  const place = element("div", {});
  const sealFor = async (recipient: AgeRecipient) => {
    const { name, checked } = current();
    const clean = cleaned(name, checked);
    if (clean === undefined) {
      show(done, notClean());
      return;
    }
    await saveSealed(clean, recipient, done);
  };
  const take = (text: string, complain: (sentence: string | undefined) => void) => {
    const found = readRecipient(text);
    complain(found.is === "refused" ? `${found.message} ${found.fix}` : undefined);
    if (found.is === "recipient") {
      show(place);
      void sealFor(found.recipient);
    }
  };
  return {
    element: place,
    ask: () => {
      const { intake } = frame.facts;
      const known = intake === undefined ? undefined : readRecipient(intake);
      if (known?.is === "recipient") {
        void sealFor(known.recipient);
        return;
      }
      show(place, ...askedKey(frame, take));
      place.querySelector("textarea")?.focus();
      tell("The page needs the council’s public key for this.");
    },
  };
}

function askedKey(
  frame: Frame,
  take: (text: string, complain: (sentence: string | undefined) => void) => void,
): readonly HTMLElement[] {
  const field = areaField(
    "The council’s public key",
    `The line that begins with age1. It stands in README.txt in your box; if it does not, ${contactOf(frame.facts)} can tell you.`,
  );
  const complain = (sentence: string | undefined) => field.fault(sentence);
  const read = ([given]: readonly Given[]) => {
    if (given !== undefined)
      take(new TextDecoder().decode(given.bytes.subarray(0, 65_536)), complain);
  };
  const zone = dropZone(
    {
      title: "Or drop README.txt here",
      hint: "The page finds the key in it.",
      button: "Choose README.txt",
      many: false,
    },
    read,
  );
  // A list that misses its place is not taken for a key.
  zone.element.classList.add("minor");
  return [
    form(
      () => take(field.input.value, complain),
      field.element,
      element(
        "div",
        { class: "row" },
        element("button", { type: "submit" }, "Encrypt to this key and save"),
      ),
    ),
    zone.element,
  ];
}

async function saveSealed(
  clean: CleanList,
  recipient: AgeRecipient,
  done: HTMLElement,
): Promise<void> {
  const name = `${clean.name}.age`;
  save(name, await sealTo(recipient, clean.bytes));
  show(
    done,
    paragraph(
      `✓ Saved as «${name}», encrypted to the council’s key that ends in `,
      element("span", { class: "line" }, recipient.slice(-8)),
      ". Nobody but the council can open it, and you can’t either. Put it into the folder inbox of your box, and read the receipt.",
    ),
  );
}

function nothingToSave(checked: Checked): string | undefined {
  if (checked.read === undefined) {
    return "There is no clean list to save yet, because the page can’t tell the columns. Mend what is listed above.";
  }
  if (checked.doubtful) {
    return "There is no clean list to save, because the file is in doubt as a whole. Mend what is listed above in your spreadsheet program and drop the file here again.";
  }
  if (checked.read.list.rows.length === 0) return "There are no rows to save yet.";
  return undefined;
}

function warned({ problems, outcome }: Checked): HTMLElement | undefined {
  const bad = rowsToMend(problems);
  if (bad === 0) return undefined;
  return note(
    "warn",
    paragraph(
      outcome === "rejected"
        ? `${counted(bad, "row still needs", "rows still need")} mending, and the council would refuse the list as it is. You can save it and go on later.`
        : `${counted(bad, "row still needs", "rows still need")} mending. The council would leave ${bad === 1 ? "it" : "them"} out.`,
    ),
  );
}

function notClean(): HTMLElement {
  return note(
    "bad",
    paragraph(
      "A clean list could not be made that says exactly the same as this one. Mend what is listed above, or send the file as it is.",
    ),
  );
}
