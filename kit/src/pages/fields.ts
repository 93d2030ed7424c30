// Fields of a form with their labels, hints and faults, all tied together for those who hear them.

import { element, freshId, show, type Child } from "./element";

/** A field that can say what is wrong with what was typed. */
export interface Field {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement | HTMLTextAreaElement;
  /** Says what is wrong, or takes it back. */
  fault(sentence: string | undefined): void;
}

/** A line of text. */
export function textField(label: string, hint: Child, value = ""): Field {
  const input = element("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  input.value = value;
  return field(label, hint, input);
}

/** A passphrase. It is hidden until its owner asks to see it. */
export function secretField(label: string, hint: Child, isNew: boolean): Field {
  const input = element("input", {
    type: "password",
    autocomplete: isNew ? "new-password" : "off",
    autocapitalize: "none",
    spellcheck: "false",
  });
  return field(label, hint, input);
}

/** Several lines of text. */
export function areaField(label: string, hint: Child): Field {
  return field(label, hint, element("textarea", { autocomplete: "off", spellcheck: "false" }));
}

/** A box to tick. */
export function tickBox(label: Child, turned: (on: boolean) => void): HTMLElement {
  const id = freshId("tick");
  const input = element("input", { type: "checkbox", id });
  input.addEventListener("change", () => turned(input.checked));
  return element("div", { class: "tick" }, input, element("label", { for: id }, label));
}

/** A form that does what it is for when it is sent, by button or by Enter. */
export function form(send: () => void, ...children: readonly Child[]): HTMLFormElement {
  const made = element("form", { novalidate: true, autocomplete: "off" }, ...children);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return made;
}

function field(label: string, hint: Child, input: HTMLInputElement | HTMLTextAreaElement): Field {
  const [id, hintId, wrongId] = [freshId("field"), freshId("hint"), freshId("wrong")];
  input.id = id;
  if (hint !== undefined) input.setAttribute("aria-describedby", hintId);
  const wrong = element("div", {});
  const whole = element(
    "div",
    { class: "field" },
    element("label", { for: id }, label),
    hint === undefined ? undefined : element("p", { class: "hint", id: hintId }, hint),
    wrong,
    input,
  );
  const described = [hint === undefined ? undefined : hintId];
  return {
    element: whole,
    input,
    fault: (sentence) => {
      const isWrong = sentence !== undefined;
      whole.classList.toggle("bad", isWrong);
      show(
        wrong,
        isWrong
          ? element("p", { class: "wrong", id: wrongId }, `Please mend: ${sentence}`)
          : undefined,
      );
      const ids = [...described, isWrong ? wrongId : undefined].filter(
        (each) => each !== undefined,
      );
      if (ids.length > 0) input.setAttribute("aria-describedby", ids.join(" "));
      else input.removeAttribute("aria-describedby");
      if (isWrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    },
  };
}
