// A made-up council in a temporary folder, run by the real program as an operator would.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { done, ended, PILLARBOX, type Ended } from "../daemon/program";
import type { Judgement } from "../daemon/judgement";

/** A receipt as it lies in a school's box. */
export interface Receipt extends Judgement {
  readonly id: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly signature: Buffer;
  readonly text: string;
}

/** One person's keys, made by stock programs. */
export interface Keys {
  readonly ssh: string;
  readonly sshPublic: string;
  readonly age: string;
  readonly recipient: string;
}

export const COUNCIL = "Made-up County Council";

export class Council {
  private readonly root = mkdtempSync(join(tmpdir(), "kit-council-"));
  private readonly folder = join(this.root, "council");
  private laid = 0;

  private constructor(
    /** The day, `yyyy-mm-dd`: ten in the morning. */
    readonly day: string,
  ) {}

  static async on(day: string): Promise<Council> {
    const council = new Council(day);
    const told = ["--council", COUNCIL, "--la", "860", "--domain", "council.example"];
    await done(PILLARBOX, ["init", council.folder, ...told]);
    const path = join(council.folder, "pillarbox.toml");
    const settings = readFileSync(path, "utf8")
      .replace("\n[intake]\n", '\n[intake]\nsettle = "50 ms"\n')
      .replace('listen = "[::]:2022"', 'listen = "127.0.0.1:0"')
      .replace(/^domain = .*$/m, '$&\ncontact = "careers@council.example"');
    writeFileSync(path, settings);
    return council;
  }

  /** Runs a command on this council. */
  run(...args: readonly string[]): Promise<Ended> {
    const config = join(this.folder, "pillarbox.toml");
    return ended(PILLARBOX, [...args, "--config", config], { cwd: this.root });
  }

  /** The same at the council's day, and it must be done. */
  async act(...args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(...args);
    if (code !== 0)
      throw new Error(`${args.join(" ")} ended with ${code}: ${err}${out.toString()}`);
    return out.toString();
  }

  /** Does all that is due. */
  async once(): Promise<void> {
    await this.act("run", "--once", "--at", `${this.day}T10:00:00Z`);
  }

  /** Enrols a school with one person who opens files with this key. */
  async enrol(
    school: string,
    recipient: string,
    formats: readonly string[] = ["csv"],
  ): Promise<void> {
    const { sshPublic } = await this.keys(school);
    const name = ["--name", `School ${school} of Nowhere`, "--signed", "2026-09-14"];
    const person = ["--person", "Pat Invented", "--key", sshPublic, "--age", recipient];
    const asked = formats.flatMap((format) => ["--format", format]);
    await this.act("school", "add", school, ...name, ...person, ...asked);
  }

  /** Enrols a school by its documented file: quicker, where many are needed. */
  enrolByFile(school: string): void {
    const person = '[[person]]\nname = "Pat Invented"\nkeys = []\nauthorised_by = "Headteacher"\n';
    const until = "authorised_on = 2026-09-14\nuntil = 2036-07-31\n";
    const text = `id = "${school}"\nname = "School ${school} of Nowhere"\n\n[agreement]\nsigned = 2026-09-14\n\n`;
    writeFileSync(join(this.folder, "schools.d", `${school}.toml`), text + person + until);
  }

  /** The keys of the made-up person of this name, made at the first asking. */
  async keys(person: string): Promise<Keys> {
    const folder = join(this.root, "keys-of", person);
    const [ssh, age] = [join(folder, "id_ed25519"), join(folder, "age.txt")];
    if (!existsSync(age)) {
      mkdirSync(folder, { recursive: true });
      const made = ["-q", "-t", "ed25519", "-N", "", "-C", "made-up", "-f", ssh];
      await done("ssh-keygen", made);
      await done("age-keygen", ["-o", age]);
    }
    const recipient = (await done("age-keygen", ["-y", age])).toString().trim();
    return { ssh, sshPublic: `${ssh}.pub`, age, recipient };
  }

  /** The path of something in a school's box. */
  box(school: string, ...path: readonly string[]): string {
    return join(this.folder, "state", "boxes", school, ...path);
  }

  /** Lays a file into a school's inbox so that it arrives whole. */
  drop(school: string, name: string, content: Uint8Array | string): void {
    mkdirSync(this.box(school, "inbox"), { recursive: true });
    renameSync(this.parcel(content), this.box(school, "inbox", name));
  }

  /** Drops a file, has it taken, and gives its receipt. */
  async send(school: string, name: string, content: Uint8Array | string): Promise<Receipt> {
    this.drop(school, name, content);
    await this.once();
    const last = this.receipts(school, "S").at(-1);
    if (last === undefined) throw new Error(`${name} got no receipt`);
    return last;
  }

  /** Puts an extract in place, two minutes old. */
  extract(content: string): void {
    const parcel = this.parcel(content);
    const written = new Date(Date.now() - 120_000);
    utimesSync(parcel, written, written);
    const extracts = join(this.folder, "state", "council", "extracts");
    renameSync(parcel, join(extracts, `extract-${this.day}.csv`));
  }

  /** Releases to a school now; the path of the sealed files in its outbox. */
  async release(school: string): Promise<string[]> {
    await this.act("release", "--school", school, "--at", `${this.day}T10:00:00Z`);
    const outbox = this.box(school, "outbox");
    const sealed = readdirSync(outbox).filter((name) => name.endsWith(".age"));
    return sealed.sort().map((name) => join(outbox, name));
  }

  /** A school's receipts whose ids begin so (`S` submissions, `R` releases), oldest first. */
  receipts(school: string, ids: string): Receipt[] {
    const folder = this.box(school, "receipts");
    const all = readdirSync(folder).filter((name) => name.endsWith(".receipt.json"));
    const read = all.map((name) => {
      const bytes = readFileSync(join(folder, name));
      const signature = readFileSync(join(folder, `${name}.sig`));
      const text = readFileSync(join(folder, name.replace(/json$/, "txt")), "utf8");
      const json = JSON.parse(bytes.toString()) as Receipt;
      return { ...json, name, bytes, signature, text };
    });
    return read.filter(({ id }) => id.startsWith(ids)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  allowedSigners(school: string): string {
    return readFileSync(this.box(school, "allowed_signers"), "utf8");
  }

  /** The council's intake recipient, as its own key file tells it. */
  async intake(): Promise<string> {
    const key = join(this.folder, "keys", "intake.age");
    return (await done("age-keygen", ["-y", key])).toString().trim();
  }

  /** A path for a file of the test's own. */
  outside(name: string): string {
    const folder = join(this.root, "elsewhere");
    mkdirSync(folder, { recursive: true });
    return join(folder, name);
  }

  gone(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private parcel(content: Uint8Array | string): string {
    const path = this.outside(`parcel-${(this.laid += 1)}`);
    writeFileSync(path, content);
    return path;
  }
}
