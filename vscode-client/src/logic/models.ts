/** Model list: does a provider know the key, or is a server there, and which models has it? */

export interface Api {
  readonly kind: "openai" | "anthropic" | "vllm-server";
  readonly address: string;
  readonly key: string | undefined;
}

export type Listed =
  { readonly models: readonly string[] } | { readonly problem: string; readonly rejected: boolean };

const PATIENCE = 15_000;
// OpenAI lists what draws, speaks and measures beside what writes.
const NO_WRITER =
  /audio|babbage|computer|dall-e|davinci|embedding|image|moderation|realtime|sora|transcribe|tts|whisper/;

/** Ask for the list of models: it costs nothing and sends no text. */
export async function listModels(api: Api, ask: typeof fetch = fetch): Promise<Listed> {
  let url: URL;
  let headers: Record<string, string>;
  try {
    url = new URL(listAddress(api));
    headers = headersOf(api, url);
  } catch {
    return { problem: "the address cannot be read", rejected: false };
  }
  url.username = url.password = "";
  try {
    const response = await ask(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
    if (response.status === 401 || response.status === 403) {
      return { problem: `${url.host} rejects the key`, rejected: true };
    }
    if (!response.ok) {
      return { problem: `${url.host} answers with status ${response.status}`, rejected: false };
    }
    return { models: namesIn(await response.json(), api) };
  } catch {
    return { problem: `${url.host} does not answer`, rejected: false };
  }
}

function listAddress(api: Api): string {
  const base = api.address.replace(/\/+$/, "");
  if (api.kind === "anthropic") {
    return `${base.replace(/\/v1$/, "")}/v1/models?limit=1000`;
  }
  // As the server does: a version is added to a bare host alone, and one operation is cut off.
  const isBare = new URL(base).pathname === "/";
  const apiBase = base.replace(/\/(?:(?:chat\/)?completions|models)$/, "");
  return `${apiBase}${api.kind === "vllm-server" && isBare ? "/v1" : ""}/models`;
}

function headersOf(api: Api, url: URL): Record<string, string> {
  if (api.kind === "anthropic") {
    return { "anthropic-version": "2023-06-01", "x-api-key": api.key ?? "" };
  }
  if (url.username !== "" || url.password !== "") {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return { authorization: `Basic ${Buffer.from(user).toString("base64")}` };
  }
  return api.key === undefined ? {} : { authorization: `Bearer ${api.key}` };
}

function namesIn(answer: unknown, api: Api): string[] {
  const data =
    typeof answer === "object" && answer !== null && "data" in answer ? answer.data : undefined;
  const names = (Array.isArray(data) ? data : []).flatMap((card: unknown) =>
    typeof card === "object" && card !== null && "id" in card && typeof card.id === "string"
      ? [card.id]
      : [],
  );
  return api.kind === "openai" ? names.filter((name) => !NO_WRITER.test(name)).sort() : names;
}
