/** Install the extension from its package, as a user would, and the tests' probe beside it. */

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { BUILD, CLIENT, CODE_SERVER, EXTENSIONS, HERE, NODE, WITH_PYTHON } from "./paths";

const { version } = JSON.parse(readFileSync(join(CLIENT, "package.json"), "utf8")) as {
  version: string;
};

rmSync(BUILD, { recursive: true, force: true });
const ours = join(CLIENT, `dlm-${version}.vsix`);
const probe = packaged("probe");
install(EXTENSIONS, ours, probe);
install(WITH_PYTHON, ours, probe, packaged("python"));

/** Package an extension that is of the tests alone. */
function packaged(name: string): string {
  const folder = join(BUILD, name);
  const path = join(BUILD, `${name}.vsix`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(HERE, name, "package.json"), join(folder, "package.json"));
  writeFileSync(join(folder, "README.md"), "Of the tests alone.\n");
  buildSync({
    entryPoints: [join(HERE, name, "extension.ts")],
    outfile: join(folder, "extension.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode"],
  });
  const vsce = join(CLIENT, "node_modules", ".bin", "vsce");
  const flags = ["--no-dependencies", "--allow-missing-repository", "--skip-license"];
  execFileSync(vsce, ["package", ...flags, "--out", path], { cwd: folder, stdio: "pipe" });
  return path;
}

function install(extensions: string, ...packages: string[]): void {
  const profile = join(BUILD, "profile");
  const said = execFileSync(
    NODE,
    [
      CODE_SERVER,
      ...["--user-data-dir", join(profile, "data"), "--extensions-dir", extensions],
      ...packages.flatMap((path) => ["--install-extension", path]),
    ],
    {
      env: { PATH: process.env["PATH"], HOME: profile, EXTENSIONS_GALLERY: "{}" },
      encoding: "utf8",
    },
  );
  process.stdout.write(said);
}
