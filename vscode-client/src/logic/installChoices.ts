/** Install choices: what can be installed beside the server, and the extras of its package for it. */

export interface InstallChoice {
  readonly label: string;
  readonly detail: string;
  readonly extras: readonly string[];
}

export const INSTALL_CHOICES: readonly InstallChoice[] = [
  {
    label: "Models on this machine",
    detail: "Downloads PyTorch and a small model: a few gigabytes",
    extras: ["local", "tiny"],
  },
  {
    label: "OpenAI, and servers with its protocol",
    detail: "A small download",
    extras: ["openai"],
  },
  { label: "Anthropic", detail: "A small download", extras: ["anthropic"] },
  {
    label: "Training, and pairs as Parquet",
    detail: "Downloads PyTorch, what trains, and what writes tables: a few gigabytes",
    extras: ["train", "export"],
  },
];
