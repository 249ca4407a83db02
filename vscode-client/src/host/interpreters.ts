/** The interpreter that a Python extension has chosen, where there is such an extension. */

import * as vscode from "vscode";

// Only what is used of what the two extensions export.
interface PythonEnvironments {
  getEnvironment(
    scope: vscode.Uri | undefined,
  ): Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment?: vscode.Event<unknown>;
}

interface Python {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(environment: {
      path: string;
    }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";
const PATIENCE = 10_000;

export class Interpreters implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listening = new Map<string, vscode.Disposable>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Whether there is an extension to be asked. */
  get areKnown(): boolean {
    return [ENVIRONMENTS, PYTHON].some((id) => vscode.extensions.getExtension(id) !== undefined);
  }

  /** The path of the chosen interpreter. */
  async active(folder: vscode.Uri | undefined): Promise<string | undefined> {
    return (
      (await this.ask(ENVIRONMENTS, (api) => this.asked(api as PythonEnvironments, folder))) ??
      (await this.ask(PYTHON, (api) => this.askedOlder(api as Python, folder)))
    );
  }

  dispose(): void {
    this.changed.dispose();
    for (const listener of this.listening.values()) {
      listener.dispose();
    }
  }

  private async asked(api: PythonEnvironments, folder: vscode.Uri | undefined) {
    this.listen(ENVIRONMENTS, api.onDidChangeEnvironment);
    return (await api.getEnvironment(folder))?.execInfo?.run?.executable;
  }

  private async askedOlder(api: Python, folder: vscode.Uri | undefined) {
    this.listen(PYTHON, api.environments.onDidChangeActiveEnvironmentPath);
    const active = api.environments.getActiveEnvironmentPath(folder);
    return (await api.environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  }

  // These extensions are not ours: what goes wrong in them costs one place to look, no more.
  private async ask(
    id: string,
    question: (api: unknown) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const extension = vscode.extensions.getExtension<unknown>(id);
    if (!extension) {
      return undefined;
    }
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.log.warn(`${id} did not answer`);
        resolve(undefined);
      }, PATIENCE);
    });
    const answer = async () => {
      const api = await extension.activate();
      return api ? question(api) : undefined;
    };
    try {
      return await Promise.race([answer(), patience]);
    } catch (error) {
      this.log.warn(`${id} cannot be asked: ${String(error)}`);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  private listen(id: string, event: vscode.Event<unknown> | undefined): void {
    if (event && !this.listening.has(id)) {
      this.listening.set(
        id,
        event(() => {
          this.changed.fire();
        }),
      );
    }
  }
}
