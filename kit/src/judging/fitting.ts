// By which keys a pupil is found whom a description fits. A description fits a pupil exactly where the same
// identifier is confirmed by the date of birth, or by the surname where no date of birth is told; or
// where both names and the date of birth are the same; but never where the strongest identifier that both
// tell is another. To look that up, and compare with nobody, is what keeps a list short work in which
// thousands withdraw under one number.

import type { Traits } from "./identity";

/** All keys under which a pupil is found who tells both names and the date of birth. */
export function keysOf(one: Traits): readonly string[] {
  const { born, surname, upn, uln } = one;
  const confirming = [`on ${born}`, `as ${surname}`];
  const [ofUpn, ofUln] = [upn ?? NONE, uln ?? NONE];
  const name = nameKey(one);
  return [
    ...(upn === undefined ? [] : [upnKey(upn), ...confirming.map((by) => upnKey(upn, by))]),
    ...(uln === undefined ? [] : [ulnKey(uln)]),
    ...(uln === undefined
      ? []
      : confirming.flatMap((by) => [ulnKey(uln, by, ofUpn), ulnKey(uln, by, ANY)])),
    ...[ofUpn, ANY].flatMap((byUpn) => [
      `${name}\0${byUpn}\0${ofUln}`,
      `${name}\0${byUpn}\0${ANY}`,
    ]),
  ];
}

/** The keys of those whom a description fits exactly. */
export function asked(who: Traits): readonly string[] {
  const { born, surname, upn, uln } = who;
  const keys: string[] = [];
  const by =
    born !== undefined ? `on ${born}` : surname !== undefined ? `as ${surname}` : undefined;
  if (by !== undefined && upn !== undefined) keys.push(upnKey(upn, by));
  if (by !== undefined && uln !== undefined) {
    keys.push(...compatible(upn).map((of) => ulnKey(uln, by, of)));
  }
  const name = nameKey(who);
  if (name !== undefined) {
    // Where both tell a UPN, another ULN does not matter.
    if (upn !== undefined) keys.push(`${name}\0${upn}\0${ANY}`);
    const others = upn === undefined ? ANY : NONE;
    keys.push(...compatible(uln).map((of) => `${name}\0${others}\0${of}`));
  }
  return keys;
}

/** The keys of those of whom a description tells an identifier. */
export function shared({ upn, uln }: Traits): readonly string[] {
  return [...(upn === undefined ? [] : [upnKey(upn)]), ...(uln === undefined ? [] : [ulnKey(uln)])];
}

/** Both names and the date of birth, where all of them are told. */
export function nameKey({ born, forename, surname }: Traits): string | undefined {
  const told = born !== undefined && forename !== undefined && surname !== undefined;
  return told ? `${born}\0${forename}\0${surname}` : undefined;
}

// An identifier does not contradict itself, and whoever tells none contradicts nobody.
function compatible(identifier: string | undefined): readonly string[] {
  return identifier === undefined ? [ANY] : [identifier, NONE];
}

function upnKey(upn: string, by = ""): string {
  return `UPN ${upn}\0${by}`;
}

function ulnKey(uln: string, by = "", upn = ""): string {
  return `ULN ${uln}\0${by}\0${upn}`;
}

const NONE = "none";
const ANY = "any";
