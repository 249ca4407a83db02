/** Install the extension from its package, as a user would, and the tests' probe beside it. */

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { BUILD, CLIENT, CODE_SERVER, EXTENSIONS, HERE, NODE } from "./places";

const { version } = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8")) as {
  version: string;
};
const probe = join(BUILD, "probe");
const probePackage = join(BUILD, "probe.vsix");

rmSync(BUILD, { recursive: true, force: true });
mkdirSync(probe, { recursive: true });
copyFileSync(join(HERE, "probe", "package.json"), join(probe, "package.json"));
writeFileSync(join(probe, "README.md"), "Of the tests alone.\n");
buildSync({
  entryPoints: [join(HERE, "probe", "extension.ts")],
  outfile: join(probe, "extension.js"),
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
});
const vsce = join(CLIENT, "node_modules", ".bin", "vsce");
const flags = ["--no-dependencies", "--allow-missing-repository", "--skip-license"];
execFileSync(vsce, ["package", ...flags, "--out", probePackage], { cwd: probe, stdio: "pipe" });

const packages = [join(CLIENT, `dlm-${version}.vsix`), probePackage];
const profile = join(BUILD, "profile");
const said = execFileSync(
  NODE,
  [
    CODE_SERVER,
    ...["--user-data-dir", join(profile, "data"), "--extensions-dir", EXTENSIONS],
    ...packages.flatMap((path) => ["--install-extension", path]),
  ],
  {
    env: { PATH: process.env["PATH"], HOME: profile, EXTENSIONS_GALLERY: "{}" },
    encoding: "utf8",
  },
);
process.stdout.write(said);
