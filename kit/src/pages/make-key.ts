// Make a key: saves it to a file first, and shows the line for the council only when its owner has the file.

import { today } from "../domain/days";
import { keyFile, lockedKeyFile, makeKey, type Key } from "../sealing/key";
import { copyButton } from "./copying";
import { contactOf } from "./council";
import { button, element, focusOn, paragraph, show } from "./element";
import { form, tickBox } from "./fields";
import { section } from "./frame";
import { newPassphraseFields } from "./new-passphrase";
import { save } from "./saving";
import { headingOf, note, tell, verdict } from "./telling";
import type { Frame, Use } from "./use";

/** Builds the use. */
export function makeKeyUse(frame: Frame): Use {
  const place = element("div", {});
  const title = "Make a key";
  const start = () => {
    frame.say("make-a-key", undefined);
    show(place, asking(frame, place, start));
  };
  start();
  return {
    id: "make-a-key",
    title,
    promise:
      "Make the key that opens your school’s files, and the line that the council needs to know.",
    section: section("make-a-key", title, place),
    take: () => undefined,
  };
}

function asking(frame: Frame, place: HTMLElement, again: () => void): HTMLElement {
  const passphrase = newPassphraseFields();
  const locked = element("div", { hidden: true }, passphrase.element);
  const busy = element("div", {});
  let working = false;
  const make = async () => {
    if (working) return;
    const chosen = locked.hidden ? undefined : passphrase.read();
    if (!locked.hidden && chosen === undefined) return;
    working = true;
    try {
      const made = await newKey(chosen, lockingProgress(busy, chosen !== undefined));
      passphrase.forget();
      made.save();
      show(place, saved(frame, place, made, again));
      frame.say("make-a-key", "Your key is saved");
      const heading = place.querySelector("h2");
      if (heading !== null) focusOn(heading);
    } catch {
      show(busy);
      place.append(failed());
    } finally {
      working = false;
    }
  };
  return element(
    "div",
    {},
    element(
      "p",
      { class: "lead" },
      "A key is a small file that only you have. The council encrypts your school’s destinations to it, so that nobody else can read them. You make it once, keep it safe, and tell the council its public half.",
    ),
    note(
      "warn",
      paragraph(
        element("strong", {}, "Nobody can bring back a lost key"),
        ", or a forgotten passphrase: not the council, and not this page. You would make a new key, and the council would have to send the files again.",
      ),
    ),
    form(
      () => void make(),
      tickBox("Lock the key with a passphrase", (on) => {
        locked.hidden = !on;
      }),
      element(
        "p",
        { class: "hint" },
        "Do this if others use your computer, or if the file goes onto a shared drive. Without it, whoever has the file has the key.",
      ),
      locked,
      element(
        "div",
        { class: "row" },
        element("button", { type: "submit" }, "Make the key and save it"),
      ),
      busy,
    ),
  );
}

function lockingProgress(place: HTMLElement, isLocked: boolean): (share: number) => void {
  if (!isLocked) return () => undefined;
  const bar = element("progress", { max: 100, value: 0, "aria-labelledby": "locking" });
  show(
    place,
    element("p", { id: "locking" }, "Locking the key. This takes a few seconds, and is meant to."),
    bar,
  );
  tell("Locking the key. This takes a few seconds.");
  return (share) => {
    bar.value = Math.round(share * 100);
  };
}

interface MadeKey {
  readonly recipient: string;
  readonly name: string;
  readonly isLocked: boolean;
  save(): void;
}

async function newKey(
  passphrase: string | undefined,
  progress: (share: number) => void,
): Promise<MadeKey> {
  const key: Key = await makeKey();
  const now = new Date();
  const text =
    passphrase === undefined
      ? keyFile(key, now)
      : await lockedKeyFile(key, passphrase, now, progress);
  const bytes = new TextEncoder().encode(text);
  const name = `pillarbox-key-${today(now)}.txt`;
  return {
    recipient: key.recipient,
    name,
    isLocked: passphrase !== undefined,
    save: () => save(name, bytes, "text/plain"),
  };
}

/** First things first: who does not have the file must not send the line. */
function saved(
  frame: Frame,
  place: HTMLElement,
  made: MadeKey,
  again: () => void,
): readonly HTMLElement[] {
  const next = element("div", {});
  const has = button("I have the file: show the line for the council", () => {
    show(next, theLine(frame, made, again));
    ask.remove();
    tell("The line for the council is shown.");
    const heading = next.querySelector("h2");
    if (heading !== null) focusOn(heading);
  });
  const ask = element(
    "div",
    { class: "row" },
    has,
    button("Save it again", () => made.save(), "second"),
  );
  const box = verdict(
    "good",
    "Your key is saved",
    paragraph(
      "Your browser has saved it as ",
      element("span", { class: "line" }, made.name),
      ", most likely in your folder Downloads. Please look for it now.",
    ),
    paragraph(
      made.isLocked
        ? "It is locked: keep the passphrase in another place than the file."
        : "It is not locked: move it to a place that only you can read.",
    ),
  );
  headingOf(box);
  place.replaceChildren();
  return [box, ask, next];
}

function theLine(frame: Frame, made: MadeKey, again: () => void): HTMLElement {
  const contact = contactOf(frame.facts);
  return element(
    "div",
    {},
    element("h2", { tabindex: -1 }, "The line for the council"),
    paragraph(
      "This is the public half of your key. It is no secret: it locks files, and opens none.",
    ),
    element("p", { class: "line recipient", id: "recipient" }, made.recipient),
    element("div", { class: "row" }, copyButton("Copy the line", made.recipient)),
    element("h2", {}, "What to do with it"),
    element(
      "ol",
      {},
      element("li", {}, `Send the line to ${contact}, with your name and your school’s.`),
      element(
        "li",
        {},
        "The council calls you on a number that it knows, and you read the last eight characters to each other: ",
        element("strong", { class: "line" }, made.recipient.slice(-8)),
        ".",
      ),
      element(
        "li",
        {},
        "From then on each file for your school opens with your key, under «Open a file».",
      ),
    ),
    paragraph(
      "Keep the file where only you can read it, with a copy in a second safe place. Never send it to anybody: the council will not ask for it.",
    ),
    element("div", { class: "row" }, [
      button("Save the key again", () => made.save(), "second"),
      button("Close and forget", again, "second"),
    ]),
  );
}

function failed(): HTMLElement {
  return note(
    "bad",
    paragraph(
      "The key could not be made: the browser has too little memory for locking it. Close other tabs and try again, or make the key without a passphrase.",
    ),
  );
}
