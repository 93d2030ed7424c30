// The frame around the uses: the navigation, which of them is shown, the title of the page and where the
// focus goes. Links are hashes, so that they work in a file; the browser's Back button works as well.

import { contactOf, type CouncilFacts } from "./council";
import { catchStrayFiles } from "./dropping";
import { useFor } from "./elsewhere";
import { element, focusOn, heading, paragraph, show } from "./element";
import type { Frame, Use, UseId } from "./use";

const NAME = "School kit";

/** Shows the page: the start, or the use that the address names. */
export function begin(facts: CouncilFacts, makers: readonly ((frame: Frame) => Use)[]): void {
  const states = new Map<UseId, string | undefined>();
  const uses: Use[] = [];
  const frame: Frame = {
    facts,
    go: (id, files) => {
      location.hash = id;
      uses.find((use) => use.id === id)?.take(files);
    },
    say: (id, state) => {
      states.set(id, state);
      title(shownUse(uses), states);
    },
  };
  uses.push(...makers.map((make) => make(frame)));
  const start = startPage(uses);
  const main = byId("main");
  show(main, start, ...uses.map((use) => use.section));
  navigation(uses);
  letterhead(facts);
  skipLink(main);
  catchStrayFiles((files) => {
    const open = shownUse(uses);
    if (open === undefined) frame.go(useFor(files), files);
    else open.take(files);
  });
  const turn = (moved: boolean) => {
    // Other links within the page, such as those to a cell, leave the use as it is.
    if (moved && !isUse(uses, location.hash) && location.hash !== "#start") return;
    turnTo(uses, start, moved);
    title(shownUse(uses), states);
  };
  addEventListener("hashchange", () => turn(true));
  turn(false);
}

/** A use's section, with its heading. */
export function section(id: UseId, title: string, ...children: readonly Node[]): HTMLElement {
  const name = heading(1, title);
  name.id = `title-${id}`;
  return element("section", { "aria-labelledby": name.id, hidden: true }, name, ...children);
}

function startPage(uses: readonly Use[]): HTMLElement {
  const ways = uses.map((use) =>
    element("li", {}, element("a", { href: `#${use.id}` }, use.title), paragraph(use.promise)),
  );
  return element(
    "section",
    { "aria-labelledby": "title-start" },
    element("h1", { id: "title-start", tabindex: -1 }, "What do you want to do?"),
    element(
      "p",
      { class: "lead" },
      "This page works in your browser alone. It installs nothing, needs no network, and no file that you open here leaves your computer.",
    ),
    element("ul", { class: "ways" }, ways),
  );
}

function navigation(uses: readonly Use[]): void {
  const links = uses.map((use) =>
    element("li", {}, element("a", { href: `#${use.id}` }, use.title)),
  );
  const place = byId("uses");
  show(place, element("ul", { class: "width" }, links));
  place.hidden = false;
}

function turnTo(uses: readonly Use[], start: HTMLElement, moved: boolean): void {
  const open = uses.find((use) => `#${use.id}` === location.hash);
  start.hidden = open !== undefined;
  for (const use of uses) use.section.hidden = use !== open;
  for (const link of document.querySelectorAll("#uses a")) {
    const isOpen = open !== undefined && link.getAttribute("href") === `#${open.id}`;
    if (isOpen) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!moved) return;
  const title = (open?.section ?? start).querySelector("h1");
  scrollTo(0, 0);
  if (title !== null) focusOn(title);
}

function shownUse(uses: readonly Use[]): Use | undefined {
  return uses.find((use) => !use.section.hidden);
}

function isUse(uses: readonly Use[], hash: string): boolean {
  return hash === "" || uses.some((use) => `#${use.id}` === hash);
}

function title(open: Use | undefined, states: ReadonlyMap<UseId, string | undefined>): void {
  const words = open === undefined ? [] : [states.get(open.id), open.title];
  document.title = [...words.filter((word) => word !== undefined), NAME].join(" – ");
}

function letterhead({ school, council, ...facts }: CouncilFacts): void {
  const whose = [school?.name, council?.name].filter((name) => name !== undefined);
  if (whose.length > 0) byId("whose").textContent = whose.join(" and ");
  if (council === undefined) return;
  const place = byId("council-contact");
  const contact = contactOf({ school, council, ...facts });
  const privacy =
    council.privacyNotice === undefined
      ? ""
      : ` What the council does with personal data: ${council.privacyNotice}`;
  place.textContent = `Questions: ${contact}.${privacy}`;
  place.hidden = false;
}

function skipLink(main: HTMLElement): void {
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    focusOn(main);
  });
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found;
}
