import assert from "node:assert/strict";
import { test } from "node:test";
import { dlmCommand } from "../../src/logic/commandLine";
import { lossPlot } from "../../src/logic/lossPlot";
import { follow, lossesInWords, NOTHING_TRAINED, trained } from "../../src/logic/training";

// As `dlm train` tells it where no terminal is.
const LINES = [
  "note: reads 2 files outside the document's folder: /notes",
  "train adapter: 9 rows and 1 held out, 265 tokens an epoch, 5 steps, about 0.6 GiB",
  "step 1 of 5: loss 8.173",
  "step 2 of 5: loss 8.044, 417 tokens/s, 0 s left",
  "step 2: loss 8.044, held-out loss 7.998, 805 tokens/s",
];

test("the lines of a training hold its losses and how far it is", () => {
  const training = LINES.reduce(follow, NOTHING_TRAINED);
  assert.deepEqual(training.series, [
    {
      name: "adapter",
      losses: [
        { step: 1, loss: 8.173 },
        { step: 2, loss: 8.044 },
      ],
      heldOut: [{ step: 2, loss: 7.998 }],
    },
  ]);
  assert.equal(training.share, 0.4);
  assert.equal(training.words, LINES.at(-1));
});

test("each adapter has its own losses", () => {
  const more = ["train adapter tone: 3 rows", "step 1 of 1: loss 2.5"];
  const { series, share } = [...LINES, ...more].reduce(follow, NOTHING_TRAINED);
  assert.deepEqual(
    series.map(({ name, losses }) => [name, losses.length]),
    [
      ["adapter", 2],
      ["adapter tone", 1],
    ],
  );
  assert.equal(share, 1);
});

test("the object at the end has all of the losses", () => {
  const adapter = { adapter: "tone", losses: [[1, 3], [2, 1.5], ["x"]], held_out_losses: [[2, 2]] };
  const [series] = trained(JSON.stringify({ adapters: [adapter] })) ?? [];
  assert.deepEqual(series, {
    name: "adapter tone",
    losses: [
      { step: 1, loss: 3 },
      { step: 2, loss: 1.5 },
    ],
    heldOut: [{ step: 2, loss: 2 }],
  });
  assert.ok(series);
  assert.equal(lossesInWords(series), "adapter tone is trained: loss 3.000 → 1.500");
  assert.equal(trained("no object"), undefined);
  assert.equal(trained("{}"), undefined);
});

const FRAME = { left: 0, right: 100, top: 0, bottom: 50 };

test("losses are drawn from corner to corner, the highest at the top", () => {
  const losses = [
    { step: 1, loss: 4 },
    { step: 2, loss: 3 },
    { step: 3, loss: 2 },
  ];
  const plot = lossPlot([{ name: "adapter", losses, heldOut: [{ step: 3, loss: 3 }] }], FRAME);
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
  const one = lossPlot([{ name: "a", losses: [{ step: 1, loss: 2 }], heldOut: [] }], FRAME);
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
