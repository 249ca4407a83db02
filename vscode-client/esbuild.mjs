import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { context } from "esbuild";

const watching = process.argv.includes("--watch");

const common = {
  bundle: true,
  minify: !watching,
  sourcemap: watching ? "linked" : false,
  metafile: true,
  logLevel: "warning",
};
const extension = await context({
  ...common,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
});
const page = await context({
  ...common,
  entryPoints: ["review", "losses"].flatMap((name) => [
    `src/webview/${name}.ts`,
    `src/webview/${name}.css`,
  ]),
  outdir: "dist",
  format: "iife",
  target: "chrome120",
});

if (watching) {
  await Promise.all([extension.watch(), page.watch()]);
} else {
  const built = await Promise.all([extension.rebuild(), page.rebuild()]);
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync("dist/third-party-notices.txt", notices(inputs));
  await Promise.all([extension.dispose(), page.dispose()]);
}

/** The licences of the packages that are in the bundle: they ask to go with every copy. */
function notices(inputs) {
  const folders = inputs.flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return [...new Set(folders)].sort().map(notice).join("\n");
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.|$)/i.test(one));
  if (!file) {
    throw new Error(`${name} has no licence file`);
  }
  const text = readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n\n${"-".repeat(72)}\n`;
}
