// Asks for the passphrase of a key, and shows that unlocking goes on.

import { button, element, show } from "./element";
import { form, secretField, tickBox } from "./fields";
import { tell } from "./telling";

/** The passphrase for this key file, or nothing where the person gave up. */
export function askPassphrase(
  place: HTMLElement,
  keyName: string,
  wrong: string | undefined,
): Promise<string | undefined> {
  const field = secretField("Passphrase of your key", `«${keyName}» is locked.`, false);
  if (wrong !== undefined) field.fault(wrong);
  return new Promise((answer) => {
    const give = () => {
      const passphrase = field.input.value;
      if (passphrase === "") {
        field.fault("type the passphrase.");
        field.input.focus();
        return;
      }
      field.input.value = "";
      show(place, ...unlocking());
      tell("Unlocking the key. This takes a few seconds.");
      answer(passphrase);
    };
    const giveUp = () => {
      show(place);
      answer(undefined);
    };
    show(
      place,
      form(
        give,
        field.element,
        tickBox("Show the passphrase", (on) => {
          field.input.setAttribute("type", on ? "text" : "password");
        }),
        element(
          "div",
          { class: "row" },
          element("button", { type: "submit" }, "Unlock the key"),
          button("Cancel", giveUp, "second"),
        ),
      ),
    );
    field.input.focus();
  });
}

function unlocking(): readonly HTMLElement[] {
  const bar = element("progress", { max: 100, value: 0, "aria-labelledby": "unlocking" });
  return [
    element(
      "p",
      { id: "unlocking" },
      "Unlocking the key. This takes a few seconds, and is meant to.",
    ),
    bar,
  ];
}
