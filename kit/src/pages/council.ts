// What this copy of the page knows of its school and council: the public facts that the daemon writes into
// the copy in a school's box. The package's copy knows nothing, and asks.

/** The facts; each may be missing. */
export interface CouncilFacts {
  readonly council: CouncilNamed | undefined;
  readonly school: SchoolNamed | undefined;
  /** The key to which lists are encrypted. */
  readonly intake: string | undefined;
  /** The text of `allowed_signers`. */
  readonly signers: string | undefined;
}

/** The council. */
export interface CouncilNamed {
  readonly name: string;
  readonly contact: string | undefined;
  readonly privacyNotice: string | undefined;
  readonly domain: string | undefined;
}

/** The school whose box the page lies in. */
export interface SchoolNamed {
  /** Its seven digits. */
  readonly id: string;
  readonly name: string;
  readonly urn: number | undefined;
}

const NOTHING: CouncilFacts = {
  council: undefined,
  school: undefined,
  intake: undefined,
  signers: undefined,
};

/** Reads the facts from the page. */
export function councilFacts(page: Document): CouncilFacts {
  return parseFacts(page.getElementById("council")?.textContent ?? "");
}

/** Reads the facts from their JSON. What does not fit is as if it were missing. */
export function parseFacts(json: string): CouncilFacts {
  const facts = record(parsed(json));
  return facts === undefined
    ? NOTHING
    : {
        council: council(record(facts.council)),
        school: school(record(facts.school)),
        intake: words(facts.intake),
        signers: words(facts.signers),
      };
}

/** Whom to ask: the council's contact, or words for it. */
export function contactOf(facts: CouncilFacts): string {
  return facts.council?.contact ?? "your contact at the council";
}

function council(facts: Fields | undefined): CouncilNamed | undefined {
  const name = words(facts?.name);
  if (facts === undefined || name === undefined) return undefined;
  return {
    name,
    contact: words(facts.contact),
    privacyNotice: words(facts.privacy_notice),
    domain: words(facts.domain),
  };
}

function school(facts: Fields | undefined): SchoolNamed | undefined {
  const [id, name] = [words(facts?.id), words(facts?.name)];
  if (id === undefined || name === undefined || !/^[0-9]{7}$/.test(id)) return undefined;
  const urn = Number(facts?.urn);
  return { id, name, urn: Number.isInteger(urn) && urn > 0 ? urn : undefined };
}

interface Fields {
  readonly [name: string]: unknown;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Fields | undefined {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? (value as Fields) : undefined;
}

function words(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
