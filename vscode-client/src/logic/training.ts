/** Training: what `dlm train` tells on its way, line by line, and the losses in it. */

export interface Point {
  readonly step: number;
  readonly loss: number;
}

/** The losses of one adapter. */
export interface Series {
  readonly name: string;
  readonly losses: readonly Point[];
  readonly heldOut: readonly Point[];
}

export interface Training {
  readonly series: readonly Series[];
  /** From 0 to 1, of the adapter that is trained. */
  readonly share: number;
  /** What was told last. */
  readonly words: string;
}

export const NOTHING_TRAINED: Training = { series: [], share: 0, words: "" };

const BEGINS = /^train (adapter\b[^:]*): /;
const STEP = /^step (\d+) of (\d+): loss ([\d.]+)/;
const HELD_OUT = /^step (\d+): .*held-out loss ([\d.]+)/;

/** Take one line into account. */
export function follow(training: Training, line: string): Training {
  const words = line.trim() === "" ? training.words : line.trim();
  const begins = BEGINS.exec(line);
  if (begins) {
    const series = { name: begins[1] ?? "", losses: [], heldOut: [] };
    return { series: [...training.series, series], share: 0, words };
  }
  const step = STEP.exec(line);
  const last = training.series.at(-1);
  if (step && last) {
    const [, at, of, loss] = step.map(Number);
    const losses = [...last.losses, { step: at ?? 0, loss: loss ?? 0 }];
    return { ...withLast(training, { ...last, losses }), share: (at ?? 0) / (of ?? 1), words };
  }
  const evaluated = HELD_OUT.exec(line);
  if (evaluated && last) {
    const [, at, loss] = evaluated.map(Number);
    const heldOut = [...last.heldOut, { step: at ?? 0, loss: loss ?? 0 }];
    return { ...withLast(training, { ...last, heldOut }), words };
  }
  return { ...training, words };
}

/** The whole of a training from the object that ends it; undefined where it has none. */
export function trained(output: string): readonly Series[] | undefined {
  try {
    const value: unknown = JSON.parse(output);
    const adapters = isRecord(value) ? value["adapters"] : undefined;
    return Array.isArray(adapters) ? adapters.map(seriesOf) : undefined;
  } catch {
    return undefined;
  }
}

/** How the losses went, in words. */
export function lossesInWords({ name, losses }: Series): string {
  const [first, last] = [losses[0], losses.at(-1)];
  const change = first && last ? `: loss ${first.loss.toFixed(3)} → ${last.loss.toFixed(3)}` : "";
  return `${name} is trained${change}`;
}

function withLast(training: Training, series: Series): Training {
  return { ...training, series: [...training.series.slice(0, -1), series] };
}

function seriesOf(value: unknown): Series {
  const adapter: Record<string, unknown> = isRecord(value) ? value : {};
  const name = typeof adapter["adapter"] === "string" ? `adapter ${adapter["adapter"]}` : "adapter";
  return {
    name,
    losses: pointsIn(adapter["losses"]),
    heldOut: pointsIn(adapter["held_out_losses"]),
  };
}

function pointsIn(value: unknown): Point[] {
  return (Array.isArray(value) ? value : []).flatMap((pair: unknown) => {
    const [step, loss] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return typeof step === "number" && typeof loss === "number" ? [{ step, loss }] : [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
