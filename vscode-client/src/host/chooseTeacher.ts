/** The command that chooses a teacher, and checks the key or the server on the way. */

import * as vscode from "vscode";
import { listModels } from "../logic/models";
import { DISTRIBUTION } from "../logic/pythons";
import { addressOf, parted, PROVIDERS, remoteHost, withoutSecrets } from "../logic/teacher";
import type { Provider } from "../logic/teacher";
import { activeEditor, teacherOf } from "./documents";
import type { Secrets } from "./secrets";
import type { Overviews } from "./overviews";
import type { Server } from "./server";
import { askForKey } from "./setApiKey";
import { save } from "./settings";
import { tellUnavailable } from "./synthesize";

interface Item extends vscode.QuickPickItem {
  readonly choose: () => Promise<string | undefined>;
}

const SMALL_MODEL = "hf:gemma-3-270m";

export async function chooseTeacher(
  secrets: Secrets,
  overviews: Overviews,
  server: Server,
): Promise<void> {
  const editor = activeEditor();
  const now = teacherOf(editor?.document.uri);
  const picked = await vscode.window.showQuickPick(await items(secrets), {
    title: "Who writes the pairs?",
    placeHolder: `Now: ${withoutSecrets(now)}`,
    matchOnDescription: true,
  });
  const teacher = await picked?.choose();
  if (teacher === undefined) {
    return;
  }
  await save("teacher", teacher, editor?.document.uri);
  // Of what is on this machine only the server knows whether it can be asked.
  const overview = editor && (await overviews.ask(editor.document.uri.toString()));
  if (overview?.availability && overview.teacher === teacher) {
    void tellUnavailable(overview.availability, server);
  }
}

async function items(secrets: Secrets): Promise<Item[]> {
  const withKey = async (provider: Provider) =>
    (await secrets.of(provider)) === undefined ? "no key yet" : "key is set";
  const [openai, anthropic, compatible] = PROVIDERS as [Provider, Provider, Provider];
  return [
    {
      label: "$(device-desktop) gemma-3-270m",
      description: SMALL_MODEL,
      detail: `A small model on this machine; its weights come with ${DISTRIBUTION}[tiny]`,
      choose: () => Promise.resolve(SMALL_MODEL),
    },
    {
      label: "$(device-desktop) Another model on this machine…",
      description: "hf:",
      detail: "By its name on the hub, or by its folder",
      choose: askForLocalModel,
    },
    {
      label: "$(book) The document's own adapter",
      description: "self",
      detail: "What was trained from the document itself",
      choose: () => Promise.resolve("self"),
    },
    {
      label: "$(server) A server with OpenAI's protocol…",
      description: "vllm-server:",
      detail: "Such as vLLM or llama.cpp, on this machine or another",
      choose: () => askForServer(secrets, compatible),
    },
    {
      label: "$(cloud) OpenAI…",
      description: `openai: · ${await withKey(openai)}`,
      detail: `Text goes to ${hostOf("openai:")}`,
      choose: () => askForModel(secrets, openai, "openai:"),
    },
    {
      label: "$(cloud) Anthropic…",
      description: `anthropic: · ${await withKey(anthropic)}`,
      detail: `Text goes to ${hostOf("anthropic:")}`,
      choose: () => askForModel(secrets, anthropic, "anthropic:"),
    },
  ];
}

function hostOf(selector: string): string {
  return remoteHost(selector, process.env) ?? "a server on this machine";
}

async function askForLocalModel(): Promise<string | undefined> {
  const model = await vscode.window.showInputBox({
    title: "Model on this machine",
    prompt: "A key of the registry, org/name on the hub, or a folder with safetensors",
    placeHolder: "org/name",
    ignoreFocusOut: true,
  });
  return model?.trim() ? `hf:${model.trim()}` : undefined;
}

async function askForServer(secrets: Secrets, provider: Provider): Promise<string | undefined> {
  const address = await vscode.window.showInputBox({
    title: "Address of the server",
    value: "http://localhost:8000",
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^https?:\/\/[^\s#]+$/.test(value.trim())
        ? undefined
        : "An address begins with http:// or https://, without blanks or #",
  });
  return address === undefined
    ? undefined
    : askForModel(secrets, provider, `vllm-server:${address.trim()}`);
}

/** Check key and server by the list of models, and let one be picked. */
async function askForModel(
  secrets: Secrets,
  provider: Provider,
  selector: string,
): Promise<string | undefined> {
  const needsKey = provider.kind !== "vllm-server";
  if (
    needsKey &&
    (await secrets.of(provider)) === undefined &&
    !(await askForKey(secrets, provider))
  ) {
    return undefined;
  }
  const listed = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Asking ${provider.name} for models` },
    async () =>
      listModels({
        kind: provider.kind,
        address: addressOf(selector, process.env) ?? "",
        key: await secrets.of(provider),
      }),
  );
  if ("models" in listed) {
    return pickModel(listed.models, selector);
  }
  const newKey = "Set API Key";
  const anyway = "Name a Model Anyway";
  const offered = listed.rejected ? [newKey, anyway] : [anyway];
  const chosen = await vscode.window.showWarningMessage(`dlm: ${listed.problem}.`, ...offered);
  if (chosen === newKey) {
    return (await askForKey(secrets, provider))
      ? askForModel(secrets, provider, selector)
      : undefined;
  }
  return chosen === anyway ? pickModel([], selector) : undefined;
}

/** Have a model picked from a list; what is typed counts too, since no list is complete. */
function pickModel(models: readonly string[], selector: string): Promise<string | undefined> {
  const ofServer = parted(selector).kind === "vllm-server";
  const pick = vscode.window.createQuickPick();
  const show = () => {
    const typed = pick.value.trim();
    const names = typed === "" || models.includes(typed) ? models : [typed, ...models];
    pick.items = names.map((label) => ({ label }));
  };
  pick.title = "Model";
  pick.placeholder = models.length > 0 ? "Pick a model, or type its name" : "Type its name";
  pick.ignoreFocusOut = true;
  show();
  return new Promise((resolve) => {
    pick.onDidChangeValue(show);
    pick.onDidAccept(() => {
      const model = pick.selectedItems[0]?.label;
      resolve(model === undefined ? undefined : `${selector}${ofServer ? "#" : ""}${model}`);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
