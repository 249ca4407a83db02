import assert from "node:assert/strict";
import { test } from "node:test";
import { dlmCommand } from "../../src/logic/commandLine";
import { lossPlot } from "../../src/logic/lossPlot";
import { follow, inWords, NOTHING_TRAINED, trainedOf } from "../../src/logic/training";
import type { Training } from "../../src/logic/training";

// As `dlm train --jsonl` tells it.
const LINES = [
  { event: "outside_source", path: "/notes", files: 2 },
  { event: "planned", adapter: null, rows: 9, held_out: 1, batches: { steps: 5 } },
  { event: "step", adapter: null, step: 1, steps: 5, loss: 8.173, tokens: 9, learning_rate: 0 },
  { event: "step", adapter: null, step: 2, steps: 5, loss: 8.044, tokens: 9, learning_rate: 2e-4 },
  { event: "held_out", adapter: null, step: 2, loss: 7.998 },
];
const TRAINED = {
  event: "trained",
  adapter: null,
  losses: [[1, 8.173], [2, 8.044], [3, 7.5], ["x"]],
  held_out_losses: [[2, 7.998]],
};

function followed(...events: readonly object[]): Training {
  return events.map((event) => JSON.stringify(event)).reduce(follow, NOTHING_TRAINED);
}

test("the events of a training hold its losses and how far it is", () => {
  const training = followed(...LINES);
  assert.deepEqual(training.series, [
    {
      name: "adapter",
      losses: [
        { step: 1, loss: 8.173 },
        { step: 2, loss: 8.044 },
      ],
      heldOut: [{ step: 2, loss: 7.998 }],
      isTrained: false,
    },
  ]);
  assert.equal(training.share, 0.4);
  assert.equal(training.words, "adapter: step 2 of 5, loss 8.044, learning rate 2.0e-4");
  const next = { event: "step", step: 3, steps: 5, loss: 7.5, learning_rate: 1e-4 };
  assert.equal(
    followed(...LINES, next).words,
    "adapter: step 3 of 5, loss 7.500, held-out loss 7.998, learning rate 1.0e-4",
  );
  assert.deepEqual(trainedOf(training), []);
});

test("each adapter has its own losses", () => {
  const { series, share } = followed(
    ...LINES,
    TRAINED,
    { event: "planned", adapter: "tone" },
    { event: "step", adapter: "tone", step: 1, steps: 1, loss: 2.5, learning_rate: 0 },
  );
  assert.deepEqual(
    series.map(({ name, losses, isTrained }) => [name, losses.length, isTrained]),
    [
      ["adapter", 3, true],
      ["adapter tone", 1, false],
    ],
  );
  assert.equal(share, 1);
});

test("the event that ends a training has all of the losses, also those before it was resumed", () => {
  const training = followed(...LINES.slice(0, 2), TRAINED);
  const [series] = trainedOf(training);
  assert.ok(series);
  assert.deepEqual(
    series.losses.map(({ loss }) => loss),
    [8.173, 8.044, 7.5],
  );
  assert.equal(inWords(series), "adapter is trained: loss 8.173 → 7.500");
  assert.equal(training.words, inWords(series));
});

test("what went wrong is told, and what was trained before stays", () => {
  const training = followed(...LINES, TRAINED, { error: "training went astray" });
  assert.equal(training.failure, "training went astray");
  assert.equal(trainedOf(training).length, 1);
});

test("what is no event changes nothing", () => {
  for (const line of ["", "no object", "[]", "null", "{}", '{"event": "later"}']) {
    assert.equal(follow(NOTHING_TRAINED, line), NOTHING_TRAINED);
  }
  assert.deepEqual(followed({ event: "held_out", step: 1, loss: 2 }).series, []);
});

const FRAME = { left: 0, right: 100, top: 0, bottom: 50 };

test("losses are drawn from corner to corner, the highest at the top", () => {
  const losses = [
    { step: 1, loss: 4 },
    { step: 2, loss: 3 },
    { step: 3, loss: 2 },
  ];
  const plot = lossPlot(
    [{ name: "adapter", losses, heldOut: [{ step: 3, loss: 3 }], isTrained: false }],
    FRAME,
  );
  assert.deepEqual(
    plot?.lines.map(({ label, points }) => [label, points]),
    [
      [
        "adapter: loss",
        [
          [0, 0],
          [50, 25],
          [100, 50],
        ],
      ],
      ["adapter: held-out loss", [[100, 25]]],
    ],
  );
  assert.deepEqual(
    plot.up.map(({ label }) => label),
    ["2.00", "2.50", "3.00", "3.50", "4.00"],
  );
});

test("nothing is drawn of nothing, and one point in the middle", () => {
  assert.equal(lossPlot([], FRAME), undefined);
  const one = lossPlot(
    [{ name: "a", losses: [{ step: 1, loss: 2 }], heldOut: [], isTrained: false }],
    FRAME,
  );
  assert.deepEqual(one?.lines[0]?.points, [[50, 25]]);
});

test("the command is beside the server, or in its interpreter", () => {
  const beside = (command: string) => dlmCommand({ command, arguments: [] }, ["train"]).command;
  assert.equal(beside("/bin/dlm-lsp"), "/bin/dlm");
  assert.equal(beside("C:\\x\\dlm-lsp.exe"), "C:\\x\\dlm.exe");
  const by = dlmCommand({ command: "/bin/python", arguments: ["-m", "dlm_lsp"] }, [
    "train",
    "a.dlm",
  ]);
  assert.equal(by.command, "/bin/python");
  assert.deepEqual(by.arguments.slice(2), ["train", "a.dlm"]);
  assert.equal(by.arguments[0], "-c");
});
