import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import { probe, versionIn } from "../../src/logic/probe";

const here = { PATH: process.env["PATH"] ?? "" };
const never = new AbortController().signal;
/** A Node program in place of the server; it is given --version too. */
const program = (text: string) => probe(process.execPath, ["-e", text, "--"], here, never);

test("the version is read", () => {
  assert.deepEqual(versionIn("dlm-lsp 1.0.0\n"), { version: "1.0.0" });
  assert.deepEqual(versionIn("dlm-lsp 0.1.1\n"), {
    failure: "has dlm-lsp 0.1.1, which is too old",
  });
  assert.deepEqual(versionIn("hello"), { failure: "is not dlm-lsp" });
});

test("a command is asked", async () => {
  const answer = await program("console.log('dlm-lsp 1.2.3', process.argv.at(-1))");
  assert.deepEqual(answer, { version: "1.2.3" });
});

test("what goes wrong is said in a few words", async () => {
  assert.deepEqual(await probe("/no/such/file", [], here, never), { failure: "no such file" });
  assert.deepEqual(await probe(__dirname, [], here, never), { failure: "cannot be executed" });
  assert.deepEqual(
    await program(
      "console.error('Traceback\\n/usr/bin/x: No module named dlm_lsp'); process.exit(1)",
    ),
    { failure: "has no dlm-lsp installed" },
  );
  assert.deepEqual(await program("console.error('a\\nSyntaxError: b'); process.exit(1)"), {
    failure: "SyntaxError: b",
  });
});

test("a command that waits for input gets none", async () => {
  const answer = await program("process.stdin.on('end', () => console.log('end')).resume()");
  assert.deepEqual(answer, { failure: "is not dlm-lsp" });
});

// Less than the question's own patience, which would end the program too.
test("a question can be called off", { timeout: 10_000 }, async (context) => {
  const server = createServer().listen(0, "127.0.0.1");
  context.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const over = new AbortController();
  const text = `require("net").connect(${port}, "127.0.0.1")`;
  const answer = probe(process.execPath, ["-e", text, "--"], here, over.signal);
  const [socket] = (await once(server, "connection")) as [Socket];
  socket.resume().on("error", () => undefined);
  const ended = once(socket, "close");
  over.abort();
  assert.deepEqual(await answer, { failure: "The operation was aborted" });
  await ended;
});
