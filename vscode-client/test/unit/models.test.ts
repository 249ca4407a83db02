import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { listModels } from "../../src/logic/models";
import type { Api, Listed } from "../../src/logic/models";

/** What a server on this machine makes of a question, and how it was asked. */
async function asked(
  api: Omit<Api, "address">,
  path: string,
  status: number,
  body: string,
): Promise<{ listed: Listed; request: IncomingMessage }> {
  let request: IncomingMessage | undefined;
  const server = createServer((given, response) => {
    request = given;
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const listed = await listModels({ ...api, address: path.replace("HOST", `127.0.0.1:${port}`) });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  assert.ok(request);
  return { listed, request };
}

const TWO = JSON.stringify({ data: [{ id: "b" }, { id: "a" }, { id: "tts-1" }, {}] });

test("OpenAI: by the address with its version, those that write", async () => {
  const api = { kind: "openai", key: "k" } as const;
  const { listed, request } = await asked(api, "http://HOST/v1/", 200, TWO);
  assert.deepEqual(listed, { models: ["a", "b"] });
  assert.equal(request.url, "/v1/models");
  assert.equal(request.headers.authorization, "Bearer k");
});

test("Anthropic", async () => {
  const api = { kind: "anthropic", key: "k" } as const;
  const { listed, request } = await asked(api, "http://HOST", 200, TWO);
  assert.deepEqual(listed, { models: ["b", "a", "tts-1"] });
  assert.match(request.url ?? "", /^\/v1\/models\?/);
  assert.equal(request.headers["x-api-key"], "k");
  assert.equal(request.headers.authorization, undefined);
});

test("a server: with or without version, without a key if there is none", async () => {
  const api = { kind: "vllm-server", key: undefined } as const;
  for (const path of ["http://HOST", "http://HOST/v1"]) {
    const { listed, request } = await asked(api, path, 200, TWO);
    assert.deepEqual(listed, { models: ["b", "a", "tts-1"] });
    assert.equal(request.url, "/v1/models");
    assert.equal(request.headers.authorization, undefined);
  }
  const { request } = await asked(api, "http://me:w%20d@HOST", 200, TWO);
  assert.equal(request.headers.authorization, `Basic ${btoa("me:w d")}`);
});

test("a server: a path is taken as it is, without the one of an operation", async () => {
  const api = { kind: "vllm-server", key: undefined } as const;
  for (const [path, models] of [
    ["http://HOST/v1beta/openai/", "/v1beta/openai/models"],
    ["http://HOST/api/paas/v4", "/api/paas/v4/models"],
    ["http://HOST/proxy", "/proxy/models"],
    ["http://HOST/v1/chat/completions", "/v1/models"],
    ["http://HOST/chat/completions", "/models"],
  ] as const) {
    assert.equal((await asked(api, path, 200, TWO)).request.url, models);
  }
});

test("a key that is rejected, and other failures", async () => {
  const api = { kind: "openai", key: "secret" } as const;
  const rejected = (await asked(api, "http://HOST/v1", 401, "")).listed;
  assert.ok("problem" in rejected && rejected.rejected);
  assert.ok(!rejected.problem.includes("secret"));
  const broken = (await asked(api, "http://HOST/v1", 500, "")).listed;
  assert.ok("problem" in broken && !broken.rejected && broken.problem.includes("500"));
  const odd = (await asked(api, "http://HOST/v1", 200, "<html>")).listed;
  assert.ok("problem" in odd);
  assert.ok("problem" in (await listModels({ ...api, address: "nowhere" })));
  assert.ok("problem" in (await listModels({ ...api, address: "http://127.0.0.1:1" })));
});
