// A passphrase for a new key: typed twice, shown on demand, its strength told as it is typed.

import { readNewPassphrase } from "../sealing/passphrase";
import { button, element, show } from "./element";
import { secretField, tickBox } from "./fields";
import { STRENGTHS, strengthOf, suggestion } from "./strength";

/** The fields for a new passphrase. */
export interface NewPassphraseFields {
  readonly element: HTMLElement;
  /** The passphrase, once both fields agree on a good one; else they say what is wrong. */
  read(): string | undefined;
  forget(): void;
}

/** Makes the fields. */
export function newPassphraseFields(): NewPassphraseFields {
  const first = secretField(
    "Passphrase",
    "At least 12 characters. Four or more words that have nothing to do with each other are good, and easy to type.",
    true,
  );
  const second = secretField("The same passphrase again", undefined, true);
  const strength = element("p", { class: "strength", role: "status" });
  const telling = () => {
    const typed = first.input.value;
    show(
      strength,
      typed === "" ? undefined : `How hard it is to guess: ${STRENGTHS[strengthOf(typed)]}`,
    );
  };
  const showing = (on: boolean) => {
    for (const { input } of [first, second]) input.setAttribute("type", on ? "text" : "password");
  };
  const shown = tickBox("Show the passphrase", showing);
  const suggest = button(
    "Suggest one",
    () => {
      first.input.value = suggestion();
      second.input.value = "";
      const tick = shown.querySelector("input");
      if (tick !== null) tick.checked = true;
      showing(true);
      telling();
      first.input.focus();
    },
    "second",
  );
  first.input.addEventListener("input", telling);
  return {
    element: element(
      "div",
      {},
      first.element,
      strength,
      element("div", { class: "row" }, suggest),
      second.element,
      shown,
    ),
    read: () => {
      const chosen = readNewPassphrase(first.input.value);
      first.fault(chosen.is === "refused" ? `${chosen.message} ${chosen.fix}` : undefined);
      const agree = chosen.is === "refused" || first.input.value === second.input.value;
      second.fault(agree ? undefined : "the two passphrases are not the same. Type it again.");
      if (chosen.is === "refused") first.input.focus();
      else if (!agree) second.input.focus();
      return chosen.is === "refused" || !agree ? undefined : chosen.passphrase;
    },
    forget: () => {
      first.input.value = "";
      second.input.value = "";
      telling();
    },
  };
}
