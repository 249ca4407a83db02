/** Build the server's wheel from the checkout into server/, where the package takes it from. */

import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const repository = join(here, "..");
const ours = join(repository, ".venv", "bin", "python");
const theirs = process.platform === "win32" ? "python" : "python3";
const python = process.env.PYTHON ?? (existsSync(ours) ? ours : theirs);

const folder = join(here, "server");
rmSync(folder, { recursive: true, force: true });
const build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, repository];
execFileSync(python, build, { stdio: "inherit" });
