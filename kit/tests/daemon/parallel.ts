// Work on many things at once, but never on too many.

import { availableParallelism } from "node:os";

/** Does this to each, some at a time, and gives the answers in the order of the things. */
export async function each<T, R>(
  things: readonly T[],
  work: (thing: T, at: number) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  const hand = async (): Promise<void> => {
    for (let at = next++; at < things.length; at = next++) {
      answers[at] = await work(things[at] as T, at);
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, hand));
  return answers;
}
