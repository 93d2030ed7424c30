// Check a receipt: the receipt, its signature and the council's list of signing keys, in any order. Whether it
// holds is told first; what it says comes after that.

import { parseReceipt } from "../receipts/receipt";
import { verify, type Verdict } from "../receipts/verifying";
import { dropZone, givenLine } from "./dropping";
import { button, element, focusOn, paragraph, show } from "./element";
import { attend, offerElsewhere } from "./elsewhere";
import { areaField, form } from "./fields";
import { section } from "./frame";
import { longTime } from "./receipt-words";
import { receiptView } from "./receipt-view";
import type { Given } from "./recognising";
import { headingOf, listed, note, tell, verdict } from "./telling";
import type { Frame, Use } from "./use";

/** Builds the use. */
export function checkReceiptUse(frame: Frame): Use {
  const checking = new Checking(frame);
  return {
    id: "check-a-receipt",
    title: TITLE,
    promise:
      "See whether a receipt is the council’s own, what it says, and what it asks you to mend.",
    section: checking.section,
    take: (files) => checking.take(files),
  };
}

const TITLE = "Check a receipt";

class Checking {
  readonly section: HTMLElement;
  private readonly zone = dropZone(
    {
      title: "Drop the receipt and its signature here",
      hint: "Both are in the folder receipts: one name ends in .receipt.json, the other in .receipt.json.sig. In any order, or both at once.",
      button: "Choose the files",
      many: true,
    },
    (files) => this.take(files),
  );
  private readonly stray = element("div", {});
  private readonly result = element("div", {});
  private readonly pasting = areaField(
    "The lines of allowed_signers",
    "They stand in the file allowed_signers in your box. Use a copy that you kept, if you have one: then nobody can have exchanged it since.",
  );
  private json: Given | undefined;
  private sig: Given | undefined;
  private signers: Given | undefined;

  constructor(private readonly frame: Frame) {
    const known = frame.facts.signers !== undefined;
    this.section = section(
      "check-a-receipt",
      TITLE,
      element(
        "p",
        { class: "lead" },
        "Each receipt is signed by the council. Check it here before you rely on it, or to prove to others what the council took and when.",
      ),
      this.zone.element,
      this.stray,
      element(
        "details",
        {},
        element(
          "summary",
          {},
          known ? "Check against another list of signing keys" : "Paste the council’s signing keys",
        ),
        form(
          () => this.paste(),
          this.pasting.element,
          element("button", { type: "submit", class: "second" }, "Use these lines"),
        ),
      ),
      this.result,
    );
    this.status();
  }

  take(files: readonly Given[]): void {
    const strays = files.filter(({ what }) => !KNOWN.has(what));
    const offer = offerElsewhere(this.frame, strays);
    const isText = files.some(({ what }) => what === "receipt-text");
    show(this.stray, offer, isText ? onlyText() : undefined);
    if (offer !== undefined) attend(offer);
    if (strays.length === files.length) return;
    for (const given of files) {
      if (given.what === "receipt") this.json = given;
      if (given.what === "signature") this.sig = given;
      if (given.what === "signers") this.signers = given;
    }
    this.status();
    show(this.result);
    const { missing } = this;
    if (missing.length === 0) this.check();
    else if (offer === undefined) tell(`Now the page needs ${listed(missing)}.`);
  }

  private paste(): void {
    const text = this.pasting.input.value.trim();
    this.pasting.fault(text === "" ? "paste the lines of allowed_signers." : undefined);
    if (text === "") {
      this.pasting.input.focus();
      return;
    }
    const bytes = new TextEncoder().encode(`${text}\n`);
    this.take([{ name: "pasted lines", bytes, what: "signers" }]);
  }

  private get missing(): readonly string[] {
    const there: readonly (readonly [string, boolean])[] = [
      ["the receipt (.receipt.json)", this.json !== undefined],
      ["its signature (.sig)", this.sig !== undefined],
      ["the council’s signing keys (allowed_signers)", this.signersText() !== undefined],
    ];
    return there.filter(([, is]) => !is).map(([what]) => what);
  }

  private signersText(): string | undefined {
    return this.signers === undefined
      ? this.frame.facts.signers
      : new TextDecoder().decode(this.signers.bytes);
  }

  private status(): void {
    const known = this.frame.facts.signers !== undefined && this.signers === undefined;
    this.zone.status(
      givenLine("The receipt", this.json),
      givenLine("Its signature", this.sig),
      known
        ? element("li", { class: "has" }, [
            "The council’s signing keys:",
            element("span", { class: "state" }, "✓ came with this page"),
          ])
        : givenLine("The council’s signing keys (allowed_signers)", this.signers),
    );
    this.frame.say("check-a-receipt", undefined);
  }

  private check(): void {
    const { json, sig } = this;
    const signers = this.signersText();
    if (json === undefined || sig === undefined || signers === undefined) return;
    const domain = this.signers === undefined ? this.frame.facts.council?.domain : undefined;
    const found = verify(json.bytes, sig.bytes, signers, { now: new Date(), domain });
    const box = told(found, json);
    show(
      this.result,
      box,
      read(json, found.is === "holds"),
      element(
        "div",
        { class: "row" },
        button("Close and forget", () => this.forget(), "second"),
      ),
    );
    this.frame.say("check-a-receipt", titleOf(found));
    focusOn(headingOf(box));
  }

  private forget(): void {
    this.json = undefined;
    this.sig = undefined;
    this.signers = undefined;
    this.pasting.input.value = "";
    show(this.result);
    show(this.stray);
    this.status();
    focusOn(this.section.querySelector("h1") ?? this.section);
    tell("The receipt is closed and forgotten.");
  }
}

const KNOWN: ReadonlySet<string> = new Set(["receipt", "signature", "signers", "receipt-text"]);

function titleOf(found: Verdict): string {
  return found.is === "holds" ? "The receipt holds" : "The receipt does not hold";
}

function told(found: Verdict, json: Given): HTMLElement {
  const parsed = parseReceipt(json.bytes);
  const at = parsed.is === "receipt" ? longTime(parsed.receipt.at) : undefined;
  const by =
    found.fingerprint === undefined
      ? undefined
      : paragraph("Key: ", element("span", { class: "line" }, found.fingerprint));
  if (found.is === "holds") {
    return verdict(
      "good",
      titleOf(found),
      paragraph(found.message),
      at === undefined ? undefined : paragraph(`It says that it was written on ${at}.`),
      found.note === "" ? undefined : paragraph(found.note),
      by,
    );
  }
  return verdict("bad", titleOf(found), paragraph(found.message), paragraph(found.fix), by);
}

/** What the receipt says; where it does not hold, only to who wants to see it all the same. */
function read(json: Given, holds: boolean): HTMLElement {
  const parsed = parseReceipt(json.bytes);
  if (parsed.is === "refused") return note("bad", paragraph(parsed.message), paragraph(parsed.fix));
  const view = receiptView(parsed.receipt);
  if (holds) return view;
  return element(
    "details",
    {},
    element("summary", {}, "Read it all the same. Please do not rely on it"),
    view,
  );
}

function onlyText(): HTMLElement {
  return note(
    "plain",
    paragraph(
      "The file that ends in .receipt.txt is for reading, and proves nothing. Drop the file of the same name that ends in .receipt.json, and its .sig.",
    ),
  );
}
