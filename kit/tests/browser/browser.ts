// Debian's Chromium with the page in it, as a school has it: opened from a file, with no network. Whatever
// the page asks of a network, says on the console, or tries against its policy is kept as a fault.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What a person has chosen, or the room that a screen leaves. */
export interface Sight {
  readonly scheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
}

/** One tab with the page in it. */
export interface Tab {
  readonly page: Page;
  /** What the page should not have done. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** A browser that is started once, for many tabs. */
export class Chromium {
  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<Chromium> {
    return new Chromium(await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));
  }

  /** Opens the page from this path on this day, in a profile that nobody used before. */
  async open(path: string, day: string, sight: Sight = {}): Promise<Tab> {
    const context = await this.browser.newContext({
      offline: true,
      acceptDownloads: true,
      colorScheme: sight.scheme ?? "light",
      viewport: { width: sight.width ?? 1100, height: sight.height ?? 800 },
      locale: "en-GB",
      timezoneId: "Europe/London",
      reducedMotion: "reduce",
    });
    await context.addInitScript({ content: AXE });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const faults = watched(page);
    await page.clock.setFixedTime(new Date(`${day}T10:00:00Z`));
    await page.goto(pathToFileURL(path).href);
    return { page, faults, close: () => closed(context, page, faults) };
  }

  async stop(): Promise<void> {
    await this.browser.close();
  }
}

function watched(page: Page): string[] {
  const faults: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(file|blob|data):/.test(url)) faults.push(`asked the network for ${url}`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`thrown: ${error.stack ?? error.message}`));
  page.on("crash", () => faults.push("the tab crashed"));
  page.on("popup", (popup) => faults.push(`opened ${popup.url()}`));
  return faults;
}

/** Closes a tab, and looks once more: nothing may be left in the browser. */
async function closed(context: BrowserContext, page: Page, faults: string[]): Promise<void> {
  const { cookies, origins } = await context.storageState();
  const kept = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    return databases.length;
  });
  if (cookies.length + origins.length + kept > 0) faults.push("kept something in the browser");
  await context.close();
}

const AXE = readFileSync(join(process.env.KIT_ROOT!, "node_modules/axe-core/axe.min.js"), "utf8");
