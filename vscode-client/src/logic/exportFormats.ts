/** Formats of exported pairs, as `dlm synth export` has them. */

export interface ExportFormat {
  readonly label: string;
  readonly detail: string;
  readonly suffix: string;
}

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  { label: "jsonl", detail: "Question, answer, source and margin, a line each", suffix: "jsonl" },
  { label: "alpaca", detail: "instruction, input, output", suffix: "jsonl" },
  { label: "chatml", detail: "messages with role and content", suffix: "jsonl" },
  { label: "sharegpt", detail: "conversations with from and value", suffix: "jsonl" },
  { label: "parquet", detail: "The fields of jsonl; needs the extra export", suffix: "parquet" },
];
