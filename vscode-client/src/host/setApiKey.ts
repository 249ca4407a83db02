/** The command that stores a key. */

import * as vscode from "vscode";
import { PROVIDERS } from "../logic/teacher";
import type { Provider } from "../logic/teacher";
import type { Secrets } from "./secrets";

/** Ask whose key, and for the key; true where one was stored. */
export async function setApiKey(secrets: Secrets): Promise<boolean> {
  const items = await Promise.all(
    PROVIDERS.map(async (provider) => ({
      label: provider.name,
      description: await whereKept(secrets, provider),
      provider,
    })),
  );
  const picked = await vscode.window.showQuickPick(items, { placeHolder: "Whose key?" });
  if (!picked) {
    return false;
  }
  const { provider } = picked;
  if (await secrets.isStored(provider)) {
    const what = await vscode.window.showQuickPick(["Replace the key", "Remove the key"], {
      placeHolder: `A key for ${provider.name} is stored`,
    });
    if (what === "Remove the key") {
      await secrets.remove(provider);
    }
    if (what !== "Replace the key") {
      return false;
    }
  }
  return askForKey(secrets, provider);
}

/** Ask for a key and store it; false where the user gave none. */
export async function askForKey(secrets: Secrets, provider: Provider): Promise<boolean> {
  const key = await vscode.window.showInputBox({
    title: `API key for ${provider.name}`,
    prompt: "Kept in the editor's secret storage, and handed to the server as environment",
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/\s/.test(value.trim()) ? "A key has no blanks in it" : undefined),
  });
  if (key === undefined || key.trim() === "") {
    return false;
  }
  await secrets.store(provider, key.trim());
  return true;
}

async function whereKept(secrets: Secrets, provider: Provider): Promise<string> {
  if (await secrets.isStored(provider)) {
    return "stored";
  }
  return (await secrets.of(provider)) === undefined ? "not set" : "set in the environment";
}
