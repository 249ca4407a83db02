/** Base model: what has to be downloaded before a document can be trained, and what is asked first. */

import models from "../../../dlm_lsp/document/base_models.json";
import { isRecord } from "./record";
import type { Environment } from "./teacher";

/** A model of the hub that this machine lacks. */
export interface MissingModel {
  /** As `dlm fetch` takes it. */
  readonly name: string;
  readonly hubId: string;
  /** GB of its weights at 16 bits, where the registry knows. */
  readonly size?: number;
  /** Whether its license has to be accepted on the hub first. */
  readonly gated: boolean;
}

const PREFIX = "hf:";
const HUB_ID = /^\w[\w.-]*\/[\w.-]+$/;
const HUB = "https://huggingface.co";

/** The base model in what `dlm show --json` tells; undefined where none has to be downloaded. */
export function missingModel(output: string): MissingModel | undefined {
  const told = baseModelIn(output);
  if (told?.["on_this_machine"] !== false || typeof told["name"] !== "string") {
    return undefined;
  }
  const name = told["name"].startsWith(PREFIX) ? told["name"].slice(PREFIX.length) : told["name"];
  const known = models.find(({ key, hf_id: id }) => name === key || name === id);
  if (known) {
    const { hf_id: hubId, size_gb_fp16: size, requires_acceptance: gated } = known;
    return { name, hubId, size, gated };
  }
  // A path leads to nothing that could be downloaded.
  return HUB_ID.test(name) ? { name, hubId: name, gated: false } : undefined;
}

/** The question before a download: what comes from where, and about how large it is. */
export function downloadQuestion(
  model: MissingModel,
  document: string,
  environment: Environment,
): { readonly message: string; readonly detail: string } {
  const size =
    model.size === undefined
      ? "How large it is is told when the download begins."
      : `It is about ${model.size} GB.`;
  const license = model.gated ? ["Its license has to be accepted on the hub first."] : [];
  return {
    message: `Download ${model.hubId}?`,
    detail: [
      `${document} is to be trained on this model, which is not on this machine. It comes from ${hubIn(environment)}. ${size}`,
      ...license,
      "Nothing of the document is sent.",
    ].join("\n\n"),
  };
}

/** The host that models come from: a mirror, where the environment names one. */
function hubIn(environment: Environment): string {
  const named = environment["HF_ENDPOINT"]?.trim() ?? "";
  try {
    return new URL(named === "" ? HUB : named).host;
  } catch {
    return named;
  }
}

function baseModelIn(output: string): Record<string, unknown> | undefined {
  try {
    const shown: unknown = JSON.parse(output);
    const documents = isRecord(shown) ? shown["documents"] : undefined;
    const document: unknown = Array.isArray(documents) ? documents[0] : undefined;
    const model = isRecord(document) ? document["base_model"] : undefined;
    return isRecord(model) ? model : undefined;
  } catch {
    return undefined;
  }
}
