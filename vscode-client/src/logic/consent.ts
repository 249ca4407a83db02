/** Consent: may text go where a teacher is? */

import { remoteHost } from "./teacher";
import type { Environment } from "./teacher";

export type Decision =
  { readonly kind: "go" } | { readonly kind: "ask" | "refuse"; readonly host: string };

export interface Circumstances {
  readonly environment: Environment;
  readonly trusted: boolean;
  /** The hosts that the user has agreed to in this workspace. */
  readonly agreed: readonly string[];
}

/** The server's commands that send text to a teacher. */
export const SYNTHESES: readonly string[] = ["dlm.synth.run", "dlm.synth.regenerate"];

export function decide(selector: string, circumstances: Circumstances): Decision {
  const host = remoteHost(selector, circumstances.environment);
  if (host === null) {
    return { kind: "go" };
  }
  if (!circumstances.trusted) {
    return { kind: "refuse", host };
  }
  return circumstances.agreed.includes(host) ? { kind: "go" } : { kind: "ask", host };
}

/** Whom the settings name to be asked for verdicts, where the server does not tell. */
export function namedVerifier(filter: string, verify: string): string | null {
  const named = verify.trim();
  const isNobody = ["", "auto", "off"].includes(named.toLowerCase());
  return isNobody || !["", "sway"].includes(filter) ? null : named;
}

/** The document that a command is about; some editors' commands carry its address alone. */
export function documentOf(argument: unknown): string | undefined {
  if (typeof argument === "string") {
    return argument;
  }
  const uri =
    typeof argument === "object" && argument !== null && "uri" in argument
      ? argument.uri
      : undefined;
  return typeof uri === "string" ? uri : undefined;
}
