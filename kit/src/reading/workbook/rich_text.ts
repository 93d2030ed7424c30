// Texts as Excel's XML keeps them: in runs of several formats, with how they sound beside them, and with
// letters that XML can't hold written as numbers.

import { damaged } from "./guarded";
import type { Xml } from "./xml";

/** The text of the element at hand, up to its end. */
export function textOf(xml: Xml): string {
  const closing = xml.name;
  let text = "";
  let sounds = false;
  for (;;) {
    const piece = xml.next();
    if (piece === "over" || piece === "broken") throw damaged();
    if (piece === "end") {
      if (xml.name === closing) return text;
      if (xml.local === "rPh") sounds = false;
    } else if (piece === "start") {
      const name = xml.local;
      if (name === "rPh") sounds = true;
      else if (name === "t" && !sounds) text += run(xml);
    }
  }
}

function run(xml: Xml): string {
  const keeps = xml.attributes.exact("xml:space") === "preserve";
  const closing = xml.name;
  let text = "";
  for (;;) {
    const piece = xml.next();
    if (piece === "text" || piece === "cdata") text += xml.text;
    else if (piece === "reference") text += xml.referred;
    else if (piece === "over" || piece === "broken") throw damaged();
    else if (piece === "end" && xml.name === closing) break;
  }
  return unnumbered(keeps ? text : text.replace(/^[ \t\r\n]+/, "").replace(/[ \t\r\n]+$/, ""));
}

/** The text with `_x000D_` and its like as the letters that they stand for. */
export function unnumbered(text: string): string {
  if (!text.includes("_x")) return text;
  const letters = text.replace(/_x([0-9a-f]{4})_/gi, (whole, number: string) =>
    whole[1] === "x" ? String.fromCharCode(parseInt(number, 16)) : whole,
  );
  // Halves of a letter that stand alone are no letters.
  return letters.replace(LONE_HALVES, "\ufffd");
}

const LONE_HALVES = /\p{Cs}/gu;
