// Where files come in: dropped, or chosen with a button that is a real file input. Reads them into memory
// and says what each is; what becomes of them is for the use that asked.

import { element, freshId, show, type Child } from "./element";
import { recognise, type Given } from "./recognising";
import { note, sized, tell } from "./telling";

/** A place for files. */
export interface DropZone {
  readonly element: HTMLElement;
  /** Says below the button what is there and what is still missing. */
  status(...lines: readonly Child[]): void;
}

/** What a place for files says of itself. */
export interface DropWords {
  readonly title: string;
  readonly hint: string;
  readonly button: string;
  readonly many: boolean;
}

/** No file that a council takes or sends is larger; such a one is not even read. */
const LARGEST_READ = 64 * 1024 * 1024;
const MOST_FILES = 20;

/** Makes a place for files. */
export function dropZone(words: DropWords, take: (files: readonly Given[]) => void): DropZone {
  const [id, hint] = [freshId("files"), freshId("hint")];
  const input = element("input", {
    type: "file",
    id,
    class: "unseen",
    multiple: words.many,
    "aria-describedby": hint,
  });
  const status = element("ul", { class: "given" });
  const wrong = element("div", { role: "alert" });
  const zone = element(
    "div",
    { class: "drop" },
    element("p", { class: "title" }, words.title),
    element("p", { class: "hint", id: hint }, words.hint),
    input,
    element("label", { class: "button", for: id }, words.button),
    wrong,
    status,
  );
  const receive = async (files: readonly File[]) => {
    show(wrong);
    const given = await readAll(files, (sentence) =>
      wrong.append(note("bad", element("p", {}, sentence))),
    );
    if (given.length > 0) take(given);
  };
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    // So that the same file can be chosen again after it was mended.
    input.value = "";
    void receive(files);
  });
  zone.addEventListener("pillarbox-files", (event) => {
    if (event instanceof CustomEvent) void receive(event.detail as readonly File[]);
  });
  return {
    element: zone,
    status: (...lines) => show(status, ...lines.map((line) => wrap(line))),
  };
}

/** One line of what is there: «Your key: key.txt, 189 bytes». */
export function givenLine(label: string, given: Given | undefined): HTMLElement {
  const state = given === undefined ? "not yet" : `✓ ${given.name}`;
  return element(
    "li",
    { class: given === undefined ? "needs" : "has" },
    `${label}:`,
    element("span", { class: "state" }, state),
    given === undefined
      ? undefined
      : element("span", { class: "quiet" }, sized(given.bytes.length)),
  );
}

/**
 * A file that misses its place must not make the browser leave the page: it goes to the place that is shown.
 * Where none is, `stray` takes it.
 */
export function catchStrayFiles(stray: (files: readonly Given[]) => void): void {
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(zoneAt(event));
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) mark(undefined);
  });
  document.addEventListener("drop", (event) => {
    mark(undefined);
    if (!hasFiles(event)) return;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    const zone = zoneAt(event);
    if (zone === undefined) void takeStray(files, stray);
    else zone.dispatchEvent(new CustomEvent("pillarbox-files", { detail: files }));
  });
}

async function takeStray(
  files: readonly File[],
  stray: (files: readonly Given[]) => void,
): Promise<void> {
  const given = await readAll(files, tell);
  if (given.length > 0) stray(given);
}

// Words may be dragged from cell to cell as ever.
function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

function zoneAt(event: Event): Element | undefined {
  const under = event.target instanceof Element ? event.target.closest(".drop") : null;
  const open = [...document.querySelectorAll(".drop:not(.minor)")].find(isShown);
  return under ?? open;
}

function isShown(zone: Element): boolean {
  return zone instanceof HTMLElement && zone.offsetParent !== null;
}

function mark(over: Element | undefined): void {
  for (const zone of document.querySelectorAll(".drop")) {
    zone.classList.toggle("over", zone === over);
  }
}

function wrap(line: Child): Child {
  return line instanceof HTMLLIElement ? line : element("li", {}, line);
}

async function readAll(
  files: readonly File[],
  complain: (sentence: string) => void,
): Promise<readonly Given[]> {
  if (files.length > MOST_FILES) {
    complain(`These are ${files.length} files. Please give the page only those that it asks for.`);
    return [];
  }
  const read = files.map(async (file) => {
    if (file.size > LARGEST_READ) {
      complain(`«${file.name}» is larger than any file that a council takes or sends.`);
      return undefined;
    }
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return { name: file.name, bytes, what: recognise(file.name, bytes) };
    } catch {
      complain(
        `«${file.name}» could not be read. If it is a folder, choose the file in it; if another program has it open, close it there.`,
      );
      return undefined;
    }
  });
  return (await Promise.all(read)).filter((given) => given !== undefined);
}
