// Builds what the page shows, node by node. There is no way here to turn text into markup: whatever a file
// holds can only become text.

/** What may stand in an element. */
export type Child = Node | string | undefined | readonly Child[];

/** Attributes by name; true is one without a value, false and undefined are none. */
export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined;
}

/** An element of HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  return filled(made, attributes, children);
}

/** An element of a drawing. */
export function drawn<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  return filled(made, attributes, children);
}

/** A button; `look` is "second" or "link" where it is not the one thing to do. */
export function button(
  label: Child,
  action: () => void,
  look?: "second" | "link",
): HTMLButtonElement {
  const made = element("button", { type: "button", class: look }, label);
  made.addEventListener("click", action);
  return made;
}

/** A paragraph. */
export function paragraph(...children: readonly Child[]): HTMLParagraphElement {
  return element("p", {}, ...children);
}

/** A heading that focus can be moved to, so that a screen reader begins there. */
export function heading(level: 1 | 2 | 3, ...children: readonly Child[]): HTMLHeadingElement {
  return element(`h${level}`, { tabindex: -1 }, ...children);
}

/** Puts these in the place of all that an element held. */
export function show(inside: Element, ...children: readonly Child[]): void {
  inside.replaceChildren();
  append(inside, children);
}

/** Moves the focus there and brings it into view. */
export function focusOn(target: HTMLElement): void {
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
  if (target.getBoundingClientRect().top < 0) target.scrollIntoView();
}

/** Another id for each call: what a label, a description or a region is named by. */
export function freshId(about: string): string {
  ids += 1;
  return `${about}-${ids}`;
}

let ids = 0;

function filled<Made extends Element>(
  made: Made,
  attributes: Attributes,
  children: readonly Child[],
): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  append(made, children);
  return made;
}

function append(inside: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined) continue;
    if (typeof child === "string" || child instanceof Node) inside.append(child);
    else append(inside, child);
  }
}
