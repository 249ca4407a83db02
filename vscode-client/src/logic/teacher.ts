/** Teacher selector, such as `openai:gpt-5`: who is asked, and where the text goes. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** A provider whose key is kept for the user; the server reads it from `variable`. */
export interface Provider {
  readonly kind: "openai" | "anthropic" | "vllm-server";
  readonly name: string;
  readonly variable: string;
}

export const PROVIDERS: readonly Provider[] = [
  { kind: "openai", name: "OpenAI", variable: "OPENAI_API_KEY" },
  { kind: "anthropic", name: "Anthropic", variable: "ANTHROPIC_API_KEY" },
  { kind: "vllm-server", name: "OpenAI-compatible server", variable: "VLLM_API_KEY" },
];

const BASES = {
  openai: { variable: "OPENAI_BASE_URL", url: "https://api.openai.com/v1" },
  anthropic: { variable: "ANTHROPIC_BASE_URL", url: "https://api.anthropic.com" },
} as const;

const LOCAL_KINDS = ["self", "hf"];

// Stricter than URL, which reads `http://localhost\@example.org` as localhost; the server does not.
const ADDRESS =
  /^https?:\/\/(?:[^/?#\\\s]*@)?(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::\d*)?(?:[/?#][^\s\\]*)?$/i;

// This machine, names without a dot or given out at home, and private networks.
const PRIVATE_HOST =
  /^(?:[^.]*|.*\.(?:localhost|local|lan|internal|home\.arpa)|(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+|0\.0\.0\.0|\[(?:::1?|f[cd].*|fe80.*)\])$/;

/** The kind and what stands behind its colon. */
export function parted(selector: string): { kind: string; rest: string } {
  const [kind = "", ...rest] = selector.trim().split(":");
  return { kind, rest: rest.join(":") };
}

/** The address of a provider's API, as its environment variable or the selector names it. */
export function addressOf(selector: string, environment: Environment): string | undefined {
  const { kind, rest } = parted(selector);
  if (kind === "openai" || kind === "anthropic") {
    const given = environment[BASES[kind].variable]?.trim();
    return given === undefined || given === "" ? BASES[kind].url : given;
  }
  return kind === "vllm-server" ? withScheme(rest.split("#")[0] ?? "") : undefined;
}

/** An address with the scheme that the server reads into it where none was typed. */
function withScheme(address: string): string {
  const typed = address.trim();
  if (typed === "" || typed.includes("://")) {
    return typed;
  }
  const host = (/^(?:\[[^\]]*\]|[^/:?#]*)/.exec(typed)?.[0] ?? "").toLowerCase();
  return `${PRIVATE_HOST.test(host) ? "http" : "https"}://${typed}`;
}

/**
 * The host that the text goes to; null where it stays on this machine.
 *
 * What cannot be read counts as remote: to ask once too often is the smaller evil.
 */
export function remoteHost(selector: string, environment: Environment): string | null {
  const { kind } = parted(selector);
  if (LOCAL_KINDS.includes(kind)) {
    return null;
  }
  const address = addressOf(selector, environment);
  if (address === undefined) {
    return kind;
  }
  const match = ADDRESS.exec(address);
  const host = (match?.[1] ?? match?.[2])?.toLowerCase();
  if (host === undefined) {
    return `the server of ${kind}`;
  }
  return isThisMachine(host) ? null : host;
}

function isThisMachine(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    /^127(\.\d{1,3}){3}$/.test(host) ||
    ["0.0.0.0", "::", "::1"].includes(host)
  );
}

// An address that lacks its `https://`; what stands before the first colon may be a kind.
const NAME_AND_WORD = /(?<![^:\s])(?!(?:hf|openai|anthropic|vllm-server):)[^/?#\s:@]+:[^/?#\s]*@/gi;

/** A selector that may be shown anywhere: an address can hold a password or a key. */
export function withoutSecrets(selector: string): string {
  return selector
    .replace(/([a-z][\w+.-]*:\/\/|\bvllm-server:)[^/?#\s]*@/gi, "$1…@")
    .replace(NAME_AND_WORD, "…@")
    .replace(/\?[^#\s]*/g, "?…");
}

/** The name of the model that a selector ends in, without provider, address and folder. */
export function shortTeacher(selector: string): string {
  const { kind, rest } = parted(withoutSecrets(selector));
  if (kind === "self" || rest === "") {
    return kind === "self" ? "own adapter" : kind;
  }
  const [address = "", model = ""] = rest.includes("://") ? rest.split("#") : ["", rest];
  const target = model === "" ? address : model;
  return (
    target
      .split(/[/\\]/)
      .filter((part) => part !== "")
      .at(-1) ?? kind
  );
}
