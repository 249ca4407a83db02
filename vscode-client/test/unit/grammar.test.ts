import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tokenize } from "./grammar";
import { EXAMPLES } from "./paths";

const HEAD = "---\ndlm_id: X\n---\n";
const MARKER =
  '<!-- dlm-auto-synth: synth_teacher="hf:x" synth_strategy="extraction" ' +
  'synth_at="2026-01-31T00:00:00Z" source_section_id="0123456789abcdef" -->';

/** The scopes of the first token with this text on the line that is this, or begins with it. */
async function scopesOf(text: string, line: string, token = line): Promise<readonly string[]> {
  const index = text.split("\n").findIndex((candidate) => candidate.startsWith(line));
  const found = (await tokenize(text))[index]?.find((scoped) => scoped.text === token);
  assert.ok(found, `no token ${token} on a line ${line}`);
  return found.scopes;
}

async function assertScope(scope: string, text: string, line: string, token = line) {
  const scopes = await scopesOf(text, line, token);
  assert.ok(scopes.includes(scope), `${token}: ${scopes.join(" ")}`);
}

async function assertNoScope(scope: string, text: string, line: string, token = line) {
  const scopes = await scopesOf(text, line, token);
  assert.ok(!scopes.includes(scope), `${token}: ${scopes.join(" ")}`);
}

test("frontmatter is YAML, and what follows is not", async () => {
  const text = "---\nlora_r: 8 # small\n---\nlora_r: 8\n";
  await assertScope("constant.numeric.integer.yaml", text, "lora_r", "8");
  await assertScope("comment.line.number-sign.yaml", text, "lora_r", " small");
  const tokens = await tokenize(text);
  assert.ok(tokens[3]?.every((token) => token.scopes.includes("meta.prose.dlm")));
});

test("frontmatter ends where the format says, whatever YAML is open", async () => {
  await assertScope(
    "markup.heading.markdown",
    "---\nsystem_prompt: |\n  say 'this\nlist: [1,\n---\n# Title\n",
    "# Title",
    "Title",
  );
});

test("a fence is a whole line", async () => {
  for (const type of ["prose", "instruction", "preference"]) {
    const text = `${HEAD}a\n::${type}#facts::\nb\n`;
    await assertScope("keyword.other.section.dlm", text, `::${type}`, type);
    await assertScope("entity.name.tag.adapter.dlm", text, `::${type}`, "facts");
  }
  await assertNoScope("keyword.other.section.dlm", `${HEAD}::prose:: \n`, "::prose:: ");
  await assertScope("invalid.illegal.fence.dlm", `${HEAD}::Prose::\n`, "::Prose::");
  await assertScope("invalid.illegal.fence.dlm", `${HEAD}::image::\n`, "::image::");
});

test("a fence ends whatever Markdown is open", async () => {
  for (const open of ["* item", "> quote", "<div>", "~~~", "    code", "**bold", "<!-- note"]) {
    await assertScope(
      "keyword.other.section.dlm",
      `${HEAD}${open}\n::instruction::\n`,
      "::instruction::",
      "instruction",
    );
  }
});

test("a code block hides fences until the next line with three backticks", async () => {
  const text = `${HEAD}\`\`\`js\n::prose::\n\`\`\`\`\n::instruction::\n`;
  await assertScope("markup.raw.block.dlm", text, "::prose::");
  await assertScope("keyword.other.section.dlm", text, "::instruction::", "instruction");
});

test("a media fence has attributes", async () => {
  const text = `${HEAD}::image path="a.png" alt="b"::\n`;
  await assertScope("keyword.other.section.dlm", text, "::image", "image");
  await assertScope("entity.other.attribute-name.dlm", text, "::image", "alt");
  await assertScope("string.quoted.double.dlm", text, "::image", "a.png");
});

test("markers count right under the fence only", async () => {
  const under = `${HEAD}::instruction::\n<!-- dlm-auto-harvest: source="r" -->\n${MARKER}\n`;
  await assertScope("entity.other.attribute-name.dlm", under, MARKER, "synth_teacher");
  await assertScope("keyword.other.marker.dlm", under, "<!-- dlm-auto-h", "dlm-auto-harvest");
  const below = `${HEAD}::instruction::\n### Q\n${MARKER}\n`;
  const scopes = (await tokenize(below))[5]?.flatMap((token) => token.scopes) ?? [];
  assert.ok(!scopes.includes("keyword.other.marker.dlm"));
});

test("headers belong to their kind of section, and count in code too", async () => {
  const turn = "entity.name.section.turn.dlm";
  const qa = `${HEAD}::instruction::\n### Q !probe\na\n### A\n`;
  await assertScope(turn, qa, "### Q", "Q");
  await assertScope("keyword.other.probe.dlm", qa, "### Q", "!probe");
  await assertScope(turn, qa, "### A", "A");
  await assertScope(turn, `${HEAD}::instruction::\n\`\`\`\n### Q\n`, "### Q", "Q");
  for (const name of ["Prompt", "Chosen", "Rejected"]) {
    await assertScope(turn, `${HEAD}::preference::\n### ${name}\n`, `### ${name}`, name);
    await assertNoScope(turn, `${HEAD}::instruction::\n### ${name}\n`, `### ${name}`, name);
  }
  for (const blanks of ["  ", "    ", "\t", "\u00a0"]) {
    const text = `${HEAD}::instruction::\nabove\n${blanks}### Q\na\n${blanks}### A \n`;
    await assertScope(turn, text, `${blanks}### Q`, "Q");
    await assertScope(turn, text, `${blanks}### A`, "A");
    const other = `${HEAD}::preference::\n${blanks}### Prompt\na\n${blanks}### Chosen\n`;
    await assertScope(turn, other, `${blanks}### Prompt`, "Prompt");
    await assertScope(turn, other, `${blanks}### Chosen`, "Chosen");
  }
  await assertNoScope(turn, `${HEAD}::prose::\n### Q\n`, "### Q", "Q");
  await assertNoScope(turn, `${HEAD}::instruction::\n### Q: why\n`, "### Q", "Q: why");
});

test("every fence of the examples is one", async () => {
  for (const name of readdirSync(EXAMPLES).filter((file) => file.endsWith(".dlm"))) {
    const text = readFileSync(join(EXAMPLES, name), "utf8");
    const tokens = await tokenize(text);
    let isCode = false;
    text.split("\n").forEach((line, index) => {
      isCode = line.startsWith("```") ? !isCode : isCode;
      if (/^::(prose|instruction|preference|image|audio)\b.*::$/.test(line) && !isCode) {
        const scopes = tokens[index]?.flatMap((token) => token.scopes) ?? [];
        assert.ok(scopes.includes("keyword.other.section.dlm"), `${name}:${index + 1} ${line}`);
      }
    });
    const last = tokens.findLast((line) => line.some((token) => token.text !== ""));
    assert.ok(!last?.[0]?.scopes.includes("meta.frontmatter.dlm"), `${name}: frontmatter runs on`);
  }
});

test("the examples: chosen tokens", async () => {
  const read = (name: string) => readFileSync(join(EXAMPLES, name), "utf8");
  const bicycle = read("bicycle.dlm");
  await assertScope("constant.numeric.integer.yaml", bicycle, "  sequence_len", "1024");
  await assertScope("markup.heading.markdown", bicycle, "# Workshop notes", "Workshop notes");
  await assertScope("string.quoted.double.dlm", bicycle, "::image", "media/chain.png");
  const parcels = read("parcels.dlm");
  await assertScope("fenced_code.block.language.dlm", parcels, "```http", "http");
  await assertScope("markup.raw.block.dlm", parcels, "POST /v3/bookings");
});
