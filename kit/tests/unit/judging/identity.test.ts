import assert from "node:assert/strict";
import { test } from "node:test";
import { k2 } from "../../../src/domain/comparing";
import { read } from "../../../src/domain/list";
import { Crowd, traitsOf, type Traits } from "../../../src/judging/identity";
import { BORN, ULNS, UPNS, yes } from "./made-up";

/** `Forename Surname`, and identifiers by their place in the lists above. */
function traits(name: string, upn?: 0 | 1, uln?: 0 | 1): Traits {
  const [forename, surname] = name.split(" ");
  return {
    born: BORN,
    forename: k2(forename!),
    surname: k2(surname!),
    upn: upn === undefined ? undefined : UPNS[upn],
    uln: uln === undefined ? undefined : ULNS[uln],
  };
}

const people = (...all: Traits[]) => {
  const crowd = new Crowd(all);
  return all.map((one) => crowd.pupil(one));
};

const otherDay = (one: Traits): Traits => ({ ...one, born: "2011-01-16" });

test("the same identifier and date of birth is the same pupil whatever the name", () => {
  assert.deepEqual(people(traits("Ann Smith", 0), traits("Ann Jones", 0)), [0, 0]);
  assert.deepEqual(
    people(traits("Ann Smith", undefined, 0), traits("Ann Jones", undefined, 0)),
    [0, 0],
  );
  assert.deepEqual(people(traits("Ann Smith", 0), otherDay(traits("Ann Smith", 0))), [0, 1]);
});

test("the same name and date of birth is the same pupil unless identifiers contradict", () => {
  assert.deepEqual(people(traits("Ann O'Dell", 0), traits("ann odell", undefined, 0)), [0, 0]);
  assert.deepEqual(people(traits("Ann Smith", 0), traits("Ann Smith", 1)), [0, 1]);
  assert.deepEqual(
    people(traits("Ann Smith", undefined, 0), traits("Ann Smith", undefined, 1)),
    [0, 1],
  );
  assert.deepEqual(people(traits("Ann Smith", 0, 0), traits("Ann Smith", 1, 0)), [0, 1]);
  assert.deepEqual(people(traits("Ann Smith"), traits("Anne Smith")), [0, 1]);
});

test("a name that two pupils share matches nobody but itself", () => {
  const nameless = traits("Ann Smith");
  assert.deepEqual(
    people(traits("Ann Smith", 0), nameless, traits("Ann Smith", 1), nameless),
    [0, 1, 2, 1],
  );
});

test("a learner number that two pupils share matches nobody", () => {
  const all = [traits("Ann Smith", 0, 0), traits("Bea Smith", 1, 0)];
  assert.deepEqual(people(...all, traits("Cy Smith", undefined, 0)), [0, 1, 2]);
});

test("who is who follows chains of identifiers", () => {
  const all = [traits("Ann Smith", 0), traits("Ann Jones", undefined, 0)];
  assert.deepEqual(people(...all, traits("Ann Brown", 0, 0)), [0, 0, 0]);
});

test("a temporary UPN neither matches nor contradicts", () => {
  const temporary = (name: string) => traitsOf(yes(name, { upn: read("A86040012001A") }));
  assert.deepEqual(
    people(temporary("Ann Smith"), temporary("Bea Smith"), traits("Ann Smith", 0)),
    [0, 1, 0],
  );
});

test("who is who does not depend on the order of the rows", () => {
  const all = [
    traits("Ann Smith", 0),
    traits("Ann Smith"),
    traits("Bea Jones", 0, 0),
    traits("Bea Jones"),
    traits("Bea Jones", undefined, 1),
    otherDay(traits("Ann Smith", 0, 1)),
  ];
  const pairs = (order: readonly Traits[]) => {
    const crowd = new Crowd(order);
    return all.map((one) => all.map((other) => crowd.pupil(one) === crowd.pupil(other)));
  };
  const expected = pairs(all);
  for (let turn = 1; turn < all.length; turn += 1) {
    const turned = [...all.slice(turn), ...all.slice(0, turn)];
    assert.deepEqual(pairs(turned), expected);
    assert.deepEqual(pairs(turned.reverse()), expected);
  }
});

test("the crowd finds whom a plain search finds", () => {
  const numbers = [
    [undefined, undefined],
    [0, undefined],
    [1, 0],
    [undefined, 1],
  ] as const;
  const names = ["Ann Smith", "Anne Smith", "Ann Jones", "Bea Brown"];
  const all = names.flatMap((name) => numbers.map(([upn, uln]) => traits(name, upn, uln)));
  const crowd = new Crowd(all);
  const told = all.flatMap((one) => [
    one,
    otherDay(one),
    { ...one, born: undefined },
    { ...one, forename: undefined },
    { ...one, surname: undefined },
    { ...one, born: undefined, surname: undefined },
  ]);
  let found = 0;
  for (const who of told) {
    const plain = (fits: (who: Traits, pupil: Traits) => boolean) =>
      new Set(all.filter((one) => fits(who, one)).map((one) => crowd.pupil(one)!));
    assert.deepEqual(new Set(crowd.exact(who).flat()), plain(fitsExactly));
    assert.deepEqual(new Set(crowd.sharing(who).flat()), plain(tellsItsNumber));
    found += plain(fitsExactly).size;
  }
  assert.ok(found > 50);
});

/** The rule as the daemon's `policy::identity::fit` has it. */
function fitsExactly(who: Traits, pupil: Traits): boolean {
  const same = (trait: keyof Traits) => who[trait] !== undefined && who[trait] === pupil[trait];
  const bothTell = (trait: keyof Traits) => who[trait] !== undefined && pupil[trait] !== undefined;
  const differs = (trait: keyof Traits) => bothTell(trait) && !same(trait);
  const twoPupils = differs("upn") || (!bothTell("upn") && differs("uln"));
  const sameName = same("born") && same("forename") && same("surname");
  const confirmed = same("born") || (!bothTell("born") && same("surname"));
  return !twoPupils && (sameName || (tellsItsNumber(who, pupil) && confirmed));
}

function tellsItsNumber(who: Traits, pupil: Traits): boolean {
  const same = (trait: "upn" | "uln") => who[trait] !== undefined && who[trait] === pupil[trait];
  return same("upn") || same("uln");
}
