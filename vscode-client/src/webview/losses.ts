/** The page that draws the losses of a training while it goes on. */

import { lossPlot } from "../logic/lossPlot";
import type { Line, Plot } from "../logic/lossPlot";
import { visible } from "../logic/plainText";
import type { Training } from "../logic/training";

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 640;
const HEIGHT = 360;
/** With more of them a line alone is clearer, and drawn in time. */
const MOST_DOTS = 200;
const FRAME = { left: 56, right: WIDTH - 16, top: 16, bottom: HEIGHT - 40 };

const picture = document.getElementById("picture");
const legend = document.getElementById("legend");
const words = document.getElementById("words");

window.addEventListener("message", ({ data }: MessageEvent<Training>) => {
  const plot = lossPlot(data.series, FRAME);
  words?.replaceChildren(visible(data.words));
  picture?.replaceChildren(...(plot ? drawn(plot) : []));
  legend?.replaceChildren(...(plot?.lines ?? []).map(named));
});
acquireVsCodeApi().postMessage({ kind: "ready" });

function drawn({ lines, across, up }: Plot): Element[] {
  const { left, right, top, bottom } = FRAME;
  return [
    ...up.flatMap(({ at, label }) => [
      shape("line", { x1: left, x2: right, y1: at, y2: at, class: "grid" }),
      text(label, { x: left - 8, y: at + 4, class: "up" }),
    ]),
    ...across.flatMap(({ at, label }) => [
      shape("line", { x1: at, x2: at, y1: top, y2: bottom, class: "grid" }),
      text(label, { x: at, y: bottom + 16, class: "across" }),
    ]),
    text("step", { x: (left + right) / 2, y: HEIGHT - 6, class: "across" }),
    ...lines.flatMap((line) => [
      shape("polyline", { points: line.points.map(String).join(" "), class: classOf(line) }),
      ...(line.points.length > MOST_DOTS ? [] : line.points).map(([cx, cy]) =>
        shape("circle", { cx, cy, r: line.isHeldOut ? 4 : 2, class: classOf(line) }),
      ),
    ]),
  ];
}

function named(line: Line): Element {
  const made = document.createElement("li");
  made.className = classOf(line);
  made.textContent = visible(line.label);
  return made;
}

function classOf({ place, isHeldOut }: Line): string {
  return `series${place % 4}${isHeldOut ? " heldOut" : ""}`;
}

function text(label: string, attributes: Readonly<Record<string, string | number>>): Element {
  const made = shape("text", attributes);
  made.textContent = label;
  return made;
}

function shape(name: string, attributes: Readonly<Record<string, string | number>>): Element {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, String(value));
  }
  return made;
}
