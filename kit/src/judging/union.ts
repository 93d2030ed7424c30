// Sets of places that grow together, unless what their members tell keeps them apart.

/** What can keep two sets apart. */
export interface Marks {
  readonly upn: string | undefined;
  readonly uln: string | undefined;
}

/** Sets of places that are one pupil. */
export class Union {
  private readonly parent: number[];
  /** What the members of a set tell, at the set's first place. */
  private readonly marks: Marks[];

  constructor(all: readonly Marks[]) {
    this.parent = all.map((_, place) => place);
    this.marks = all.map(({ upn, uln }) => ({ upn, uln }));
  }

  /** The first place of the set to which this one belongs. */
  first(place: number): number {
    let at = place;
    while (this.parent[at] !== at) {
      const above = this.parent[this.parent[at]!]!;
      this.parent[at] = above;
      at = above;
    }
    return at;
  }

  /** Makes one set of all members, unless two of them contradict each other: then of none. */
  join(members: readonly number[], contradict: (a: Marks, b: Marks) => boolean): void {
    let seen: Marks = { upn: undefined, uln: undefined };
    for (const member of members) {
      const marks = this.marks[this.first(member)]!;
      if (contradict(seen, marks)) return;
      seen = both(seen, marks);
    }
    for (const other of members.slice(1)) this.merge(members[0]!, other);
  }

  private merge(a: number, b: number): void {
    const [one, other] = [this.first(a), this.first(b)];
    if (one === other) return;
    const [low, high] = [Math.min(one, other), Math.max(one, other)];
    this.parent[high] = low;
    this.marks[low] = both(this.marks[low]!, this.marks[high]!);
  }
}

function both(a: Marks, b: Marks): Marks {
  return { upn: either(a.upn, b.upn), uln: either(a.uln, b.uln) };
}

/** What is told by one of two; where both tell, the lesser, whatever their order. */
function either(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
