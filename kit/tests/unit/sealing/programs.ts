// The programs with which files are interchanged, as Debian has them; each in a folder of its own.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The daemon's program, where the environment names one. */
export const PILLARBOX = process.env.PILLARBOX ?? "";

/** For tests that need it. */
export const NEEDS = { skip: PILLARBOX === "" && "PILLARBOX does not name the daemon's program" };

/** What a program printed, and whether it was content. */
export interface Ended {
  readonly done: boolean;
  readonly out: Uint8Array;
  readonly said: string;
}

/** A folder that goes when the work in it is done. */
export class Folder {
  private readonly path = mkdtempSync(join(tmpdir(), "kit-seal-"));

  /** The full path of a file in it. */
  at(name: string): string {
    return join(this.path, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.at(name), content, { mode: 0o600 });
    return this.at(name);
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.at(name)));
  }

  /** Runs a program here, with these bytes to read. */
  run(program: string, args: readonly string[], input: Uint8Array | string = ""): Ended {
    const ended = spawnSync(program, args, { cwd: this.path, input, maxBuffer: 1 << 28 });
    if (ended.error) throw ended.error;
    return {
      done: ended.status === 0,
      out: new Uint8Array(ended.stdout),
      said: ended.stderr.toString(),
    };
  }

  /** Runs a program that asks on a terminal, and types these lines. */
  runTyping(program: string, args: readonly string[], typed: readonly string[]): Ended {
    const command = [program, ...args].map((word) => `'${word}'`).join(" ");
    const slowly = typed.map((line) => `sleep 0.4; echo '${line}'`).join("; ");
    return this.run("sh", ["-c", `(${slowly}) | script -qec "${command}" /dev/null`]);
  }

  /** Whatever happens, the folder goes. */
  static async with<T>(work: (folder: Folder) => T | Promise<T>): Promise<T> {
    const folder = new Folder();
    try {
      return await work(folder);
    } finally {
      rmSync(folder.path, { recursive: true });
    }
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
