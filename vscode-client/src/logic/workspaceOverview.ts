/** Workspace overview: how much is synthesized in each document on disk, as the server tells it. */

import type { Counts } from "./overview";

export interface DocumentCounts {
  readonly uri: string;
  readonly counts: Counts;
  readonly reviewed: number;
}

export interface WorkspaceOverview {
  /** Those that have pairs. */
  readonly documents: readonly DocumentCounts[];
  /** How many were read. */
  readonly lookedAt: number;
  /** Whether these are all that there are. */
  readonly complete: boolean;
}

export const NOTHING_KNOWN: WorkspaceOverview = { documents: [], lookedAt: 0, complete: true };

/** Tell it from the answer of a server that could not give one. */
export function isWorkspaceOverview(answer: unknown): answer is WorkspaceOverview {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "documents" in answer &&
    Array.isArray(answer.documents) &&
    "lookedAt" in answer &&
    "complete" in answer
  );
}

/** What is said above a list that lacks some; empty where it lacks nothing. */
export function incompleteInWords({ complete, lookedAt }: WorkspaceOverview): string {
  return complete ? "" : `Only the first ${lookedAt} documents of the workspace were read.`;
}
