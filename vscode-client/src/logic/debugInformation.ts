/** Debug information: helps to find a fault, without anything that is nobody's business. */

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
  readonly documents: readonly { counts: string; unavailable: string | undefined }[];
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
      ({ counts, unavailable }) =>
        `- Document: ${counts || "nothing synthesized"}${unavailable === undefined ? "" : `, cannot be synthesized from (${unavailable})`}`,
    ),
  ];
  return `${withoutHome(lines.join("\n"), facts.home)}\n`;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === "string" ? withoutSecrets(inner) : inner,
  );
}

/** A home folder has the user's name in it; Windows writes one and the same in several ways. */
function withoutHome(text: string, home: string): string {
  const names = home.replace(/[/\\]+$/, "").split(/[/\\]+/);
  if (names.length < 2) {
    return text;
  }
  const literal = names.map((name) => name.replace(/[^\w\s]/g, "\\$&"));
  // JSON doubles backslashes.
  return text.replace(new RegExp(literal.join("[/\\\\]+"), "gi"), "~");
}
