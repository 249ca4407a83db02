/** Training: what `dlm train --jsonl` tells on its way, event by event, and the losses in it. */

export interface Point {
  readonly step: number;
  readonly loss: number;
}

/** The losses of one adapter. */
export interface Series {
  readonly name: string;
  readonly losses: readonly Point[];
  readonly heldOut: readonly Point[];
  /** Whether the adapter is whole, and the current one. */
  readonly isTrained: boolean;
}

export interface Training {
  readonly series: readonly Series[];
  /** From 0 to 1, of the adapter that is trained. */
  readonly share: number;
  /** How far it is. */
  readonly words: string;
  /** Why it ended early; empty where it did not. */
  readonly failure: string;
}

export const NOTHING_TRAINED: Training = { series: [], share: 0, words: "", failure: "" };

/** Take a line of the standard output into account: an event, or what went wrong. */
export function follow(training: Training, line: string): Training {
  const event = objectIn(line);
  const last = training.series.at(-1);
  if (typeof event["error"] === "string") {
    return { ...training, failure: event["error"] };
  }
  switch (event["event"]) {
    case "planned": {
      const series = { name: nameOf(event), losses: [], heldOut: [], isTrained: false };
      return { ...training, series: [...training.series, series], share: 0 };
    }
    case "step": {
      const [step, steps, loss] = numbers(event, "step", "steps", "loss");
      const losses = [...(last?.losses ?? []), { step, loss }];
      return stepped(withLast(training, { losses }), event, step / steps);
    }
    case "held_out": {
      const [step, loss] = numbers(event, "step", "loss");
      return withLast(training, { heldOut: [...(last?.heldOut ?? []), { step, loss }] });
    }
    case "trained": {
      // A training that was resumed tells only here what came before.
      const losses = pointsIn(event["losses"]);
      const heldOut = pointsIn(event["held_out_losses"]);
      const done = withLast(training, { losses, heldOut, isTrained: true });
      return { ...done, share: 1, words: trainedOf(done).map(inWords).join("; ") };
    }
    default:
      return training;
  }
}

/** The adapters that are whole. */
export function trainedOf({ series }: Training): Series[] {
  return series.filter(({ isTrained }) => isTrained);
}

/** How the losses of an adapter went, in words. */
export function inWords({ name, losses }: Series): string {
  const [first, last] = [losses[0], losses.at(-1)];
  const change = first && last ? `: loss ${first.loss.toFixed(3)} → ${last.loss.toFixed(3)}` : "";
  return `${name} is trained${change}`;
}

function stepped(training: Training, event: Record<string, unknown>, share: number): Training {
  const [step, steps, loss, rate] = numbers(event, "step", "steps", "loss", "learning_rate");
  const last = training.series.at(-1);
  const heldOut = last?.heldOut.at(-1);
  const words = [
    `${last?.name ?? ""}: step ${step} of ${steps}`,
    `loss ${loss.toFixed(3)}`,
    ...(heldOut ? [`held-out loss ${heldOut.loss.toFixed(3)}`] : []),
    `learning rate ${rate.toExponential(1)}`,
  ];
  return { ...training, share, words: words.join(", ") };
}

function withLast(training: Training, change: Partial<Series>): Training {
  const last = training.series.at(-1);
  return last
    ? { ...training, series: [...training.series.slice(0, -1), { ...last, ...change }] }
    : training;
}

function nameOf(event: Record<string, unknown>): string {
  return typeof event["adapter"] === "string" ? `adapter ${event["adapter"]}` : "adapter";
}

function numbers<Names extends string[]>(
  event: Record<string, unknown>,
  ...names: Names
): { [Name in keyof Names]: number } {
  return names.map((name) => Number(event[name])) as { [Name in keyof Names]: number };
}

function pointsIn(value: unknown): Point[] {
  return (Array.isArray(value) ? value : []).flatMap((pair: unknown) => {
    const [step, loss] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return typeof step === "number" && typeof loss === "number" ? [{ step, loss }] : [];
  });
}

function objectIn(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
