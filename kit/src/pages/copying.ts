// Copies a line to the clipboard, and says whether it did.

import { button, element } from "./element";

/** A button that copies this line, with the answer beside it. */
export function copyButton(label: string, line: string): HTMLElement {
  const answer = element("span", { role: "status" });
  const copy = async () => {
    answer.textContent = "";
    const copied = await toClipboard(line);
    answer.textContent = copied
      ? "✓ Copied."
      : "The browser did not let the page copy. Select the line and copy it with Ctrl and C.";
  };
  return element(
    "span",
    { class: "row" },
    button(label, () => void copy(), "second"),
    answer,
  );
}

async function toClipboard(line: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(line);
    return true;
  } catch {
    return false;
  }
}
