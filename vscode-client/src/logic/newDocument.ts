/** New documents: the base models to choose from, and what `dlm init` answers. */

import models from "../../../dlm_lsp/document/base_models.json";

/** The one that `dlm init` takes where none is named. */
export const DEFAULT_BASE_MODEL = "smollm2-135m";

export interface ModelRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** The models of the registry that learn from text: the default first, then by their size. */
export function modelRows(): readonly ModelRow[] {
  return models
    .filter(({ modality }) => modality.startsWith("text"))
    .sort((one, other) => rank(one) - rank(other))
    .map((model) => ({
      label: model.key,
      description: `${sizeInWords(model.params)} parameters${
        model.key === DEFAULT_BASE_MODEL ? ", the default" : ""
      }`,
      detail: `${model.hf_id}${
        model.requires_acceptance ? ", whose license has to be accepted on the hub first" : ""
      }`,
    }));
}

/** The path of the document that was made, or why there is none. */
export function madeDocument(output: string): { readonly path?: string; readonly error?: string } {
  try {
    const { documents, error } = JSON.parse(output) as {
      documents?: readonly { document?: string; error?: string }[];
      error?: string;
    };
    const [made] = documents ?? [];
    if (made?.document !== undefined) {
      return { path: made.document };
    }
    const reason = made?.error ?? error;
    return reason === undefined ? {} : { error: reason };
  } catch {
    return {};
  }
}

function rank({ key, params }: { readonly key: string; readonly params: number }): number {
  return key === DEFAULT_BASE_MODEL ? 0 : params;
}

function sizeInWords(params: number): string {
  return params < 1e9 ? `${Math.round(params / 1e6)} million` : `${params / 1e9} billion`;
}
