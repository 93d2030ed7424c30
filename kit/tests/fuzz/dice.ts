// Chance that can be had again: the same seed throws the same dice on every machine.

export class Dice {
  private state: number;

  constructor(...seed: readonly number[]) {
    this.state = seed.reduce((state, part) => mixed(state ^ part), 0x9e3779b9);
  }

  /** A number below this one. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    return Math.floor((mixed(this.state) / 0x1_0000_0000) * limit);
  }

  /** True so many times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of these. */
  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  /** One of these characters, by code points. */
  character(of: string): string {
    return this.one([...of]);
  }

  /** These in another order. */
  shuffled<T>(things: readonly T[]): T[] {
    const left = [...things];
    const out: T[] = [];
    while (left.length > 0) out.push(...left.splice(this.below(left.length), 1));
    return out;
  }
}

function mixed(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
