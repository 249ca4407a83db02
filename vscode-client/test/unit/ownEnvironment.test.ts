import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { carriedWheel, requirement } from "../../src/logic/carriedWheel";
import type { Wheel } from "../../src/logic/carriedWheel";
import { install, installedIn, interpreterIn, stepIn } from "../../src/logic/ownEnvironment";
import { probe } from "../../src/logic/probe";
import { interpretersOnPath } from "../../src/logic/pythonEnvs";
import { workshop } from "./workshop";

const root = mkdtempSync(join(tmpdir(), "dlm own-"));
const pythons = () => Promise.resolve(interpretersOnPath(process.env));
const never = new AbortController().signal;
/** Without an index: what is carried needs none. */
const alone = { PATH: process.env["PATH"] ?? "", PIP_NO_INDEX: "1", PIP_FIND_LINKS: "" };
const folder = join(root, "python");

after(() => {
  rmSync(root, { recursive: true });
});

/** A small real wheel of the server's name, in a folder as the extension's is. */
function wheelOf(name: string, version: string, answer: string, needs = ""): Wheel {
  const server = join(root, name, "server");
  mkdirSync(server, { recursive: true });
  const program = `
import sys, zipfile
path, version, answer, needs = sys.argv[1:]
info = f"dlm_synth-{version}.dist-info"
files = {
    "dlm_lsp/__init__.py": "",
    "dlm_lsp/__main__.py": f"print('dlm-lsp {answer}')",
    f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: dlm-synth\\nVersion: {version}\\n"
    + "Provides-Extra: openai\\n" + needs,
    f"{info}/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[f"{info}/RECORD"] = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(path, "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
`;
  const path = join(server, `dlm_synth-${version}-py3-none-any.whl`);
  const [python = "python3"] = interpretersOnPath(process.env);
  execFileSync(python, ["-c", program, path, version, answer, needs]);
  const wheel = carriedWheel(join(root, name));
  assert.equal(wheel?.path, path);
  return wheel;
}

const version = () => probe(interpreterIn(folder), ["-m", "dlm_lsp"], alone, never);

test("the wheel that the extension carries is found, and has a hash of its own", () => {
  assert.equal(carriedWheel(join(root, "none")), undefined);
  mkdirSync(join(root, "empty", "server"), { recursive: true });
  assert.equal(carriedWheel(join(root, "empty")), undefined);
  const hashes = ["1.0", "1.1"].map((answer) => wheelOf(`hash${answer}`, "1.0.0", answer).hash);
  assert.notEqual(hashes[0], hashes[1]);
});

test("pip is asked for the file, whatever its path has in it", () => {
  const path = join(root, "a b#c", "dlm_synth-1.0.0-py3-none-any.whl");
  assert.match(
    requirement({ path, hash: "" }, ["local", "tiny"]),
    /^dlm-synth\[local,tiny\] @ file:\/\/\/.*\/a%20b%23c\/dlm_synth-1\.0\.0-py3-none-any\.whl$/,
  );
  assert.match(requirement({ path, hash: "" }, []), /^dlm-synth @ file:/);
});

void test("an environment of its own", { timeout: 200_000 }, async (context) => {
  const first = wheelOf("first", "1.0.0", "1.0.0");
  let asked: string[] = [];
  const index = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(404).end();
  });
  await once(index.listen(0, "127.0.0.1"), "listening");
  after(() => index.close());
  const needy = wheelOf("needy", "1.2.0", "1.2.0", "Requires-Dist: dlm-no-such-package\n");
  const indexed = () => ({
    PATH: process.env["PATH"] ?? "",
    PIP_CONFIG_FILE: devNull,
    PIP_INDEX_URL: `http://127.0.0.1:${(index.address() as AddressInfo).port}/simple`,
  });

  await context.test("one that fails for the first time leaves nothing", async () => {
    const { shop } = workshop({ environment: indexed() });
    await assert.rejects(
      install(folder, needy, [], pythons, shop),
      /No matching distribution found for dlm-no-such-package$/,
    );
    assert.ok(!existsSync(folder));
    // Only the package of somebody else was looked for.
    assert.deepEqual(new Set(asked), new Set(["/simple/dlm-no-such-package/"]));
  });

  await context.test("one that is called off leaves nothing", async () => {
    const over = new AbortController();
    const heard = (line: string) => {
      if (line.includes("-m pip install")) {
        over.abort();
      }
    };
    const { shop } = workshop({ environment: alone, signal: over.signal, heard });
    await assert.rejects(install(folder, first, [], pythons, shop), { name: "AbortError" });
    assert.ok(!existsSync(folder));
  });

  await context.test("the server is installed, and what was chosen is written down", async () => {
    await install(folder, first, ["openai"], pythons, workshop({ environment: alone }).shop);
    assert.deepEqual(await version(), { version: "1.0.0" });
    assert.deepEqual(installedIn(folder), { wheel: first.hash, extras: ["openai"] });
  });

  await context.test("another wheel of the same version takes its place", async () => {
    const other = wheelOf("other", "1.0.0", "1.0.1");
    const { shop, heard } = workshop({ environment: alone });
    await install(folder, other, [], pythons, shop);
    assert.deepEqual(await version(), { version: "1.0.1" });
    // What was chosen before is there still, and the environment was not made anew.
    assert.deepEqual(installedIn(folder), { wheel: other.hash, extras: ["openai"] });
    assert.ok(!heard.some((line) => line.includes("-m venv")));
  });

  await context.test("an earlier version takes its place, too", async () => {
    const newer = wheelOf("newer", "1.1.0", "1.1.0");
    await install(folder, newer, [], pythons, workshop({ environment: alone }).shop);
    assert.deepEqual(await version(), { version: "1.1.0" });
    await install(folder, first, [], pythons, workshop({ environment: alone }).shop);
    assert.deepEqual(await version(), { version: "1.0.0" });
  });

  await context.test("an update that fails leaves the server that was there", async () => {
    asked = [];
    const { shop } = workshop({ environment: indexed() });
    await assert.rejects(install(folder, needy, ["local"], pythons, shop));
    assert.deepEqual(await version(), { version: "1.0.0" });
    assert.deepEqual(installedIn(folder), { wheel: null, extras: ["openai"] });
  });

  await context.test("an environment that is broken is made anew", async () => {
    writeFileSync(join(folder, "pyvenv.cfg"), "home = /no/such/folder\n");
    rmSync(interpreterIn(folder));
    await install(folder, first, [], pythons, workshop({ environment: alone }).shop);
    assert.deepEqual(await version(), { version: "1.0.0" });
  });
});

test("how far pip is, in a few words", () => {
  const lines = [
    "Collecting torch>=2.8 (from dlm-synth@ file:///x.whl)",
    "  Downloading torch-2.9.0-cp311-none-macosx_11_0_arm64.whl.metadata (30 kB)",
    "  Downloading torch-2.9.0-cp311-none-macosx_11_0_arm64.whl (74.5 MB)",
    "  Downloading https://example.org/packages/aa/rapidfuzz-3.13.0-cp311-win_amd64.whl (3.1 MB)",
    "Requirement already satisfied: pip in /x",
    "Installing collected packages: torch, dlm-synth",
  ];
  assert.deepEqual(
    lines.map((line) => stepIn(line)),
    [
      "looking for torch",
      undefined,
      "downloading torch 2.9.0 (74.5 MB)",
      "downloading rapidfuzz 3.13.0 (3.1 MB)",
      undefined,
      "unpacking",
    ],
  );
});
