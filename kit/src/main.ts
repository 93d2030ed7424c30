// Where the page begins: looks whether the browser can do what is needed, and builds the uses.

import { lacking, refuse } from "./pages/browser";
import { checkReceiptUse } from "./pages/check-receipt";
import { councilFacts } from "./pages/council";
import { begin } from "./pages/frame";
import { checkListUse } from "./pages/check-list";
import { makeKeyUse } from "./pages/make-key";
import { openFileUse } from "./pages/open-file";

function start(main: HTMLElement): void {
  const lacks = lacking();
  if (lacks.length > 0) {
    refuse(main, lacks);
    return;
  }
  begin(councilFacts(document), [makeKeyUse, checkListUse, openFileUse, checkReceiptUse]);
}

const main = document.getElementById("main");
if (main !== null) start(main);
