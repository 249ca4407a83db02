/** The server in the environment of the extension's own: installed on demand, and kept up to date. */

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { carriedWheel } from "../logic/carriedWheel";
import type { Offer } from "../logic/discovery";
import { serverEnvironment } from "../logic/environment";
import { locked } from "../logic/lock";
import { install, installedIn, interpreterIn, stepIn } from "../logic/ownEnvironment";
import { dependsOnWorkspace, expanded } from "../logic/paths";
import { interpretersOnPath } from "../logic/pythonEnvs";
import { SHOW_LOG } from "../logic/remedies";
import type { Interpreters } from "./interpreters";
import { offer } from "./offer";
import { text } from "./settings";

export class OwnServer {
  private readonly folder: string;
  /** The wheel that an update was tried with; where that failed, it is for the user to try again. */
  private attempted: string | undefined;

  constructor(
    storage: vscode.Uri,
    private readonly extension: vscode.Uri,
    private readonly interpreters: Interpreters,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.folder = join(storage.fsPath, "python");
  }

  get interpreter(): string {
    return interpreterIn(this.folder);
  }

  isInstalled(): boolean {
    return existsSync(this.interpreter);
  }

  /** What the user has chosen of it. */
  get extras(): readonly string[] {
    return installedIn(this.folder).extras;
  }

  /** How to start it, once it is that of this extension; undefined where none was installed. */
  async offer(ended: AbortSignal): Promise<Offer | undefined> {
    if (!this.isInstalled()) {
      return undefined;
    }
    const wheel = carriedWheel(this.extension.fsPath);
    const isCurrent = () => !wheel || installedIn(this.folder).wheel === wheel.hash;
    if (wheel && !isCurrent() && this.attempted !== wheel.hash) {
      this.attempted = wheel.hash;
      await this.install([], ended, "Updating dlm-lsp", isCurrent);
    }
    return this.isInstalled()
      ? { command: this.interpreter, arguments: ["-m", "dlm_lsp"] }
      : { absent: "could not be updated" };
  }

  /** Install the server that the extension carries; false where it was not, which was told. */
  async install(
    extras: readonly string[],
    ended: AbortSignal,
    title = "Installing dlm-lsp",
    isDone = () => false,
  ): Promise<boolean> {
    const wheel = carriedWheel(this.extension.fsPath);
    if (!wheel) {
      void this.tell("this build of the extension carries no server");
      return false;
    }
    const location = vscode.ProgressLocation.Notification;
    return vscode.window.withProgress(
      { location, title, cancellable: true },
      async (progress, cancellation) => {
        const cancelled = new AbortController();
        cancellation.onCancellationRequested(() => {
          cancelled.abort();
        });
        const signal = AbortSignal.any([cancelled.signal, ended]);
        const heard = (line: string) => {
          this.log.info(line);
          const message = stepIn(line);
          if (message !== undefined) {
            progress.report({ message });
          }
        };
        const environment = serverEnvironment(process.env, {});
        try {
          await locked(`${this.folder}.lock`, signal, async () => {
            // Another window may have done it meanwhile.
            if (!isDone()) {
              const workshop = { environment, signal, heard };
              await install(this.folder, wheel, extras, () => this.makers(), workshop);
            }
          });
          return true;
        } catch (error) {
          if (!signal.aborted) {
            void this.tell(error instanceof Error ? error.message : String(error));
          }
          return false;
        }
      },
    );
  }

  /** The interpreters that may make the environment, those that the user has chosen first. */
  private async makers(): Promise<string[]> {
    const set = text("interpreter", undefined);
    const own = dependsOnWorkspace(set) ? undefined : expanded(set, homedir(), undefined);
    const chosen = vscode.workspace.isTrusted
      ? await this.interpreters.active(undefined)
      : undefined;
    return [own, chosen, ...interpretersOnPath(process.env)].filter(
      (path) => typeof path === "string",
    );
  }

  private tell(problem: string): Promise<void> {
    return offer("error", `dlm-lsp could not be installed: ${problem}.`, [SHOW_LOG]);
  }
}
