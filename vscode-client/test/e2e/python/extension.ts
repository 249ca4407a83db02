/** Python extension stand-in: what the real one exports, as far as it is used. */

import * as vscode from "vscode";

export function activate(context: vscode.ExtensionContext): object {
  const changed = new vscode.EventEmitter<void>();
  let path = process.env["DLM_E2E_PYTHON"] ?? "";
  context.subscriptions.push(
    changed,
    vscode.commands.registerCommand("e2e.python", (chosen: string) => {
      path = chosen;
      changed.fire();
    }),
  );
  return {
    environments: {
      getActiveEnvironmentPath: () => ({ path }),
      resolveEnvironment: (environment: { path: string }) =>
        Promise.resolve({ executable: { uri: vscode.Uri.file(environment.path) } }),
      onDidChangeActiveEnvironmentPath: changed.event,
    },
  };
}
