/** Loss plot: where the losses of a training are drawn. */

import type { Point, Series } from "./training";

export interface Line {
  readonly label: string;
  /** Which of the series it belongs to. */
  readonly place: number;
  readonly isHeldOut: boolean;
  readonly points: readonly (readonly [number, number])[];
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Plot {
  readonly lines: readonly Line[];
  readonly across: readonly Tick[];
  readonly up: readonly Tick[];
}

export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const TICKS = 4;

/** Lines and ticks within a frame; undefined where there is nothing to draw yet. */
export function lossPlot(series: readonly Series[], frame: Frame): Plot | undefined {
  const points = series.flatMap(({ losses, heldOut }) => [...losses, ...heldOut]);
  if (points.length === 0) {
    return undefined;
  }
  const steps = rangeOf(points.map(({ step }) => step));
  const losses = rangeOf(points.map(({ loss }) => loss));
  const across = (step: number) => scaled(step, steps, frame.left, frame.right);
  const up = (loss: number) => scaled(loss, losses, frame.bottom, frame.top);
  const draw = (found: readonly Point[]) =>
    found.map(({ step, loss }) => [across(step), up(loss)] as const);
  return {
    lines: series.flatMap(({ name, losses, heldOut }, place) => [
      { label: `${name}: loss`, place, isHeldOut: false, points: draw(losses) },
      ...(heldOut.length > 0
        ? [{ label: `${name}: held-out loss`, place, isHeldOut: true, points: draw(heldOut) }]
        : []),
    ]),
    across: ticks(steps).map((step) => ({ at: across(step), label: String(Math.round(step)) })),
    up: ticks(losses).map((loss) => ({ at: up(loss), label: loss.toFixed(2) })),
  };
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** One value alone is drawn in the middle. */
function rangeOf(values: readonly number[]): Range {
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  return low === high ? { low: low - 0.5, high: high + 0.5 } : { low, high };
}

function scaled(value: number, { low, high }: Range, from: number, to: number): number {
  return from + ((value - low) / (high - low)) * (to - from);
}

function ticks({ low, high }: Range): number[] {
  return Array.from({ length: TICKS + 1 }, (_, place) => low + ((high - low) * place) / TICKS);
}
