/** What helps to find a fault, without anything that is nobody's business. */

import { withoutSecrets } from "./teacher";

export interface Facts {
  readonly extension: string;
  readonly editor: string;
  readonly system: string;
  readonly home: string;
  readonly state: string;
  readonly launch: { place: string; command: string; version: string } | undefined;
  readonly tried: readonly { place: string; outcome: string }[];
  readonly trusted: boolean;
  /** The settings that are not at their defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The variables of the environment that hold a key or an address; not what they hold. */
  readonly variables: Readonly<Record<string, boolean>>;
  readonly documents: readonly { counts: string; obstacle: boolean }[];
}

export function debugInformation(facts: Facts): string {
  const { launch } = facts;
  const lines = [
    `- Extension: ${facts.extension}`,
    `- Editor: ${facts.editor}`,
    `- System: ${facts.system}`,
    `- Workspace: ${facts.trusted ? "trusted" : "not trusted"}`,
    `- Server: ${launch ? `dlm-lsp ${launch.version}` : "none found"}, ${facts.state}`,
    ...(launch ? [`- Found by: ${launch.place} (${launch.command})`] : []),
    ...facts.tried.map(({ place, outcome }) => `- Tried: ${place} (${outcome})`),
    ...Object.entries(facts.settings).map(
      ([name, value]) => `- Setting: ${name} = ${shown(value)}`,
    ),
    ...Object.entries(facts.variables).map(
      ([name, isSet]) => `- Environment: ${name} is ${isSet ? "set" : "not set"}`,
    ),
    ...facts.documents.map(
      ({ counts, obstacle }) =>
        `- Document: ${counts || "nothing synthesized"}${obstacle ? ", cannot be synthesized from" : ""}`,
    ),
  ];
  // A home folder has the user's name in it.
  const text =
    facts.home.length > 1 ? lines.join("\n").replaceAll(facts.home, "~") : lines.join("\n");
  return `${text}\n`;
}

function shown(value: unknown): string {
  return withoutSecrets(JSON.stringify(value));
}
