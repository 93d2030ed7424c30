// The daemon's program, as a test runs it: with nothing of the tester's own surroundings.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

/** The program that is compared with: `$PILLARBOX`, or what cargo built. */
export const PILLARBOX = resolve(
  process.env.PILLARBOX ?? `${process.env.KIT_ROOT}/../target/debug/pillarbox`,
);

/** Fails with a plain sentence where the program is not there. */
export function mustBeThere(): void {
  if (!existsSync(PILLARBOX)) {
    throw new Error(`${PILLARBOX} is not there: run cargo build, or set PILLARBOX`);
  }
}

/** Runs a program to its end, whatever that is. */
export function ended(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: Uint8Array } = {},
): Promise<Ended> {
  const { PATH = "", HOME = "", LANG = "C.UTF-8", TMPDIR = "/tmp" } = process.env;
  return new Promise((settle, reject) => {
    const child = execFile(
      program,
      [...args],
      {
        env: { PATH, HOME, LANG, TMPDIR },
        encoding: "buffer",
        maxBuffer: 256 << 20,
        timeout: 120_000,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      },
      (error, out, err) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === "number") settle({ code, out, err: err.toString() });
        else reject(new Error(`${program} ${args.join(" ")}: ${String(error)}`));
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input);
  });
}

/** The same, where anything but success is a fault of the test; what it printed. */
export async function done(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: Uint8Array } = {},
): Promise<Buffer> {
  const { code, out, err } = await ended(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${err}${out}`);
  return out;
}
