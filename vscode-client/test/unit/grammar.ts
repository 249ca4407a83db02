/** Tokens of a text, as the editor's own engine finds them in our grammar. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as oniguruma from "vscode-oniguruma";
import * as textmate from "vscode-textmate";
import { CLIENT } from "./paths";

const FILES: Record<string, string> = {
  "text.dlm": join(CLIENT, "syntaxes", "dlm.tmLanguage.json"),
  "text.html.markdown": require.resolve("tm-grammars/grammars/markdown.json"),
  "text.html.derivative": require.resolve("tm-grammars/grammars/html-derivative.json"),
  "text.html.basic": require.resolve("tm-grammars/grammars/html.json"),
  "source.yaml": require.resolve("tm-grammars/grammars/yaml.json"),
};

export interface Token {
  readonly text: string;
  readonly scopes: readonly string[];
}

async function load(): Promise<textmate.IGrammar> {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (scope) => {
      const file = FILES[scope];
      // Languages of code blocks in Markdown, which we do not reach.
      const grammar = file
        ? (JSON.parse(readFileSync(file, "utf8")) as textmate.IRawGrammar)
        : null;
      return Promise.resolve(grammar);
    },
  });
  const grammar = await registry.loadGrammar("text.dlm");
  if (!grammar) {
    throw new Error("the grammar cannot be loaded");
  }
  return grammar;
}

const grammar = load();

/** The tokens of each line. */
export async function tokenize(text: string): Promise<Token[][]> {
  const engine = await grammar;
  let state = textmate.INITIAL;
  return text.split("\n").map((line) => {
    const result = engine.tokenizeLine(line, state);
    state = result.ruleStack;
    return result.tokens.map((token) => ({
      text: line.slice(token.startIndex, token.endIndex),
      scopes: token.scopes,
    }));
  });
}
