/** Secrets: API keys of the user, in the editor's secret storage and nowhere else. */

import * as vscode from "vscode";
import { PROVIDERS } from "../logic/teacher";
import type { Provider } from "../logic/teacher";

export class Secrets {
  constructor(private readonly storage: vscode.SecretStorage) {}

  /** Fires where a key has been stored or removed, in this window or another. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.storage.onDidChange((event) => {
      if (PROVIDERS.some((provider) => provider.variable === event.key)) {
        listener();
      }
    });
  }

  /** Every stored key by its variable. */
  async all(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const { variable } of PROVIDERS) {
      const key = await this.storage.get(variable);
      if (key !== undefined) {
        found[variable] = key;
      }
    }
    return found;
  }

  /** The key that the server gets: the stored one, else that of the environment. */
  async of(provider: Provider): Promise<string | undefined> {
    const key = (await this.storage.get(provider.variable)) ?? process.env[provider.variable];
    return key === undefined || key.trim() === "" ? undefined : key;
  }

  async isStored(provider: Provider): Promise<boolean> {
    return (await this.storage.get(provider.variable)) !== undefined;
  }

  async store(provider: Provider, key: string): Promise<void> {
    await this.storage.store(provider.variable, key);
  }

  async remove(provider: Provider): Promise<void> {
    await this.storage.delete(provider.variable);
  }
}
