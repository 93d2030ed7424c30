// One of the things that the page is there for, as the frame around it knows it.

import type { CouncilFacts } from "./council";
import type { Given } from "./recognising";

/** The uses, as their links name them. */
export type UseId = "make-a-key" | "check-a-list" | "open-a-file" | "check-a-receipt";

/** A use, built once and shown when its link is followed. */
export interface Use {
  readonly id: UseId;
  readonly title: string;
  /** What it does, in one sentence. */
  readonly promise: string;
  readonly section: HTMLElement;
  /** Takes files that were dropped elsewhere and belong here. */
  take(files: readonly Given[]): void;
}

/** What a use asks of the frame. */
export interface Frame {
  readonly facts: CouncilFacts;
  /** Goes to another use, with files for it. */
  go(use: UseId, files: readonly Given[]): void;
  /** What is in the title in front of the use's name: «3 rows need mending». */
  say(use: UseId, state: string | undefined): void;
}
