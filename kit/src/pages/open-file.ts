// Open a file: an encrypted file and the key that opens it, dropped in any order. Nothing of it is shown
// before all of it is known to be as it was sealed; keys and rows are forgotten with one button.

import { readIdentity, type AskPassphrase, type Identities } from "../sealing/identity";
import { openFile } from "../sealing/opening";
import { askPassphrase } from "./asking-passphrase";
import { dropZone, givenLine } from "./dropping";
import { button, element, focusOn, paragraph, show } from "./element";
import { attend, offerElsewhere } from "./elsewhere";
import { section } from "./frame";
import { openedView } from "./opened";
import type { Given } from "./recognising";
import { headingOf, tell, verdict } from "./telling";
import type { Frame, Use } from "./use";

/** Builds the use. */
export function openFileUse(frame: Frame): Use {
  const opening = new Opening(frame);
  return {
    id: "open-a-file",
    title: TITLE,
    promise:
      "Open a file from your outbox with your key, look at it, and save it as CSV or for Excel.",
    section: opening.section,
    take: (files) => void opening.take(files),
  };
}

const TITLE = "Open a file";

class Opening {
  readonly section: HTMLElement;
  private readonly zone = dropZone(
    {
      title: "Drop the file and your key here",
      hint: "The file is from the folder outbox and its name ends in .age. The key is the file that you saved when you made it; a key of OpenSSH or PuTTY is good as well. One after the other or both at once.",
      button: "Choose the file and the key",
      many: true,
    },
    (files) => void this.take(files),
  );
  private readonly stray = element("div", {});
  private readonly asking = element("div", {});
  private readonly result = element("div", {});
  private readonly intake: HTMLElement;
  private sealed: Given | undefined;
  private key: Given | undefined;
  private identities: Identities | undefined;
  /** Grows with each attempt, so that an answer that comes late is not shown. */
  private attempt = 0;

  constructor(private readonly frame: Frame) {
    this.intake = element(
      "div",
      {},
      element(
        "p",
        { class: "lead" },
        "Open a file that the council made for you. Only the key of a person for whom it was made opens it.",
      ),
      this.zone.element,
    );
    this.section = section("open-a-file", TITLE, this.stray, this.intake, this.asking, this.result);
    this.status();
  }

  async take(files: readonly Given[]): Promise<void> {
    const strays = files.filter(({ what }) => !KNOWN.has(what));
    const offer = offerElsewhere(this.frame, strays);
    show(this.stray, offer);
    if (offer !== undefined) attend(offer);
    if (strays.length === files.length) return;
    for (const given of files) {
      if (given.what === "sealed") this.sealed = given;
      if (given.what === "key") {
        this.key = given;
        this.identities = undefined;
      }
    }
    this.status();
    show(this.asking);
    show(this.result);
    const open = files.find(({ what }) => what === "destinations");
    if (open !== undefined) this.showOpened(open.name, open.bytes, false);
    else if (this.sealed !== undefined && this.key !== undefined) await this.open();
    else if (offer === undefined) tell(this.missing());
  }

  private status(): void {
    this.zone.status(givenLine("The file", this.sealed), givenLine("Your key", this.key));
    this.intake.hidden = false;
    this.frame.say("open-a-file", undefined);
  }

  private missing(): string {
    return this.sealed === undefined
      ? "The key is here. Now the page needs the file."
      : "The file is here. Now the page needs your key.";
  }

  private async open(): Promise<void> {
    const { sealed, key } = this;
    if (sealed === undefined || key === undefined) return;
    this.attempt += 1;
    const { attempt } = this;
    const isOld = () => attempt !== this.attempt;
    if (this.identities === undefined) {
      const found = await this.read(key);
      if (isOld() || found === undefined) return;
      this.identities = found;
    }
    tell("Opening the file.");
    const opened = await openFile(sealed.bytes, this.identities);
    if (isOld()) return;
    if (opened.is === "refused") this.refuse(opened.message, opened.fix);
    else this.showOpened(sealed.name.replace(/\.age$/i, ""), opened.bytes, true);
  }

  /** The key, unlocked; asks again where a passphrase was mistyped. */
  private async read(key: Given): Promise<Identities | undefined> {
    let wrong: string | undefined;
    for (;;) {
      const ask: AskPassphrase = () => askPassphrase(this.asking, key.name, wrong);
      const found = await readIdentity(key.bytes, ask, (share) => {
        const bar = this.asking.querySelector("progress");
        if (bar !== null) bar.value = Math.round(share * 100);
      });
      show(this.asking);
      if (this.key !== key) return undefined;
      if (found.is === "identities") return found;
      if (found.reason === "passphrase-wrong") {
        wrong = `${found.message} ${found.fix}`;
        continue;
      }
      if (found.reason !== "passphrase-needed") this.refuse(found.message, found.fix);
      return undefined;
    }
  }

  private refuse(message: string, fix: string): void {
    const box = verdict("bad", "The file does not open", paragraph(message), paragraph(fix));
    show(this.result, box);
    this.frame.say("open-a-file", "The file does not open");
    focusOn(headingOf(box));
  }

  private showOpened(name: string, bytes: Uint8Array, wasSealed: boolean): void {
    const view = openedView(name, bytes, wasSealed);
    const another =
      this.identities === undefined ? "Open another file" : "Open another file with the same key";
    this.intake.hidden = true;
    show(
      this.result,
      view.verdict,
      element(
        "div",
        { class: "row" },
        view.saves,
        button(another, () => this.again(), "second"),
        button("Close and forget", () => this.forget(), "second"),
      ),
      view.rows,
    );
    this.frame.say("open-a-file", view.title);
    focusOn(headingOf(view.verdict));
  }

  private again(): void {
    this.sealed = undefined;
    show(this.stray);
    show(this.result);
    this.status();
    focusOn(this.section.querySelector("h1") ?? this.section);
  }

  private forget(): void {
    this.attempt += 1;
    this.key = undefined;
    this.identities = undefined;
    show(this.asking);
    this.again();
    tell("The file and the key are closed and forgotten.");
  }
}

const KNOWN: ReadonlySet<string> = new Set(["sealed", "key", "destinations"]);
