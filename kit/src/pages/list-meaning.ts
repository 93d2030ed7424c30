// What a list counts as, by its name, and whose it is: said in words, and changed here.

import type { Checked } from "../checking";
import type { Kind } from "../domain/list";
import type { School } from "../judging/judgement";
import { kindOf } from "../reading/kind";
import { element, show } from "./element";
import { form, textField } from "./fields";
import type { Frame } from "./use";

/** What the school may say of its list. */
export interface Saying {
  renamed(name: string): void;
  ofSchool(school: School | undefined): void;
}

/** The words, and how to show them anew. */
export interface Meaning {
  readonly element: HTMLElement;
  show(checked: Checked): void;
}

/** Says what the file of this name is. */
export function listMeaning(frame: Frame, firstName: string, saying: Saying): Meaning {
  let name = firstName;
  const words = element("p", {});
  const field = textField(
    "Name of the file",
    "A name that begins with «add» adds pupils; one with «withdraw» in it withdraws consent; any other is your complete list.",
    name,
  );
  const rename = () => {
    const written = field.input.value.trim();
    if (written === "") {
      field.fault("write a name, such as leavers.csv.");
      field.input.focus();
      return;
    }
    field.fault(undefined);
    const to = kindOf(written).format === undefined ? `${written}.csv` : written;
    field.input.value = to;
    name = to;
    saying.renamed(to);
  };
  return {
    element: element(
      "div",
      {},
      words,
      element(
        "details",
        {},
        element("summary", {}, "Change what it counts as"),
        form(
          rename,
          field.element,
          element("button", { type: "submit", class: "second" }, "Use this name"),
        ),
      ),
      frame.facts.school === undefined ? schoolAsked(saying) : undefined,
    ),
    show: ({ kind }) => {
      const whose =
        frame.facts.school === undefined
          ? ""
          : ` Checked as the list of ${frame.facts.school.name} (${frame.facts.school.id}).`;
      show(words, `By its name, «${name}» counts as ${KINDS[kind]}.${whose}`);
    },
  };
}

function schoolAsked(saying: Saying): HTMLElement {
  const field = textField(
    "Your school’s number",
    "Seven digits, such as 8604001. With it, a list that names another school is found. You can leave it empty.",
  );
  const use = () => {
    const number = field.input.value.replace(/[\s/]/g, "");
    if (number !== "" && !/^[0-9]{7}$/.test(number)) {
      field.fault("the number has seven digits: three of the area and four of the school.");
      field.input.focus();
      return;
    }
    field.fault(undefined);
    saying.ofSchool(number === "" ? undefined : { laestab: number });
  };
  return element(
    "details",
    {},
    element("summary", {}, "Say which school’s list it is"),
    form(
      use,
      field.element,
      element("button", { type: "submit", class: "second" }, "Check for this school"),
    ),
  );
}

const KINDS: { readonly [kind in Kind]: string } = {
  "consent-list":
    "your complete list: pupils of its year groups who are not on it are no longer shared",
  addition: "an addition: its pupils are added, and nobody else changes",
  withdrawal: "a withdrawal: sharing stops at once for the pupils in it",
  request: "a request for a destination file",
  discrepancy: "a discrepancy that you found",
  destruction: "a confirmation that you destroyed what a notice asked for",
  unknown: "no kind of file that the council takes",
};
