import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { context } from "esbuild";

const watching = process.argv.includes("--watch");

const bundle = await context({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  minify: !watching,
  sourcemap: watching ? "linked" : false,
  metafile: true,
  logLevel: "warning",
});

if (watching) {
  await bundle.watch();
} else {
  const { metafile } = await bundle.rebuild();
  writeFileSync("dist/third-party-notices.txt", notices(Object.keys(metafile.inputs)));
  await bundle.dispose();
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
