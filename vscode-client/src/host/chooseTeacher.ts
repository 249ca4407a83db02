/** The command that chooses a teacher of the server's table, and checks key or server on the way. */

import * as vscode from "vscode";
import { ExecuteCommandRequest } from "vscode-languageclient/node";
import { listModels } from "../logic/models";
import { CHOOSE_INTERPRETER, INSTALL, SHOW_LOG } from "../logic/remedies";
import { addressOf, parted, PROVIDERS, withoutSecrets } from "../logic/teacher";
import type { Provider } from "../logic/teacher";
import { teacherItem, teacherRows } from "../logic/teacherRows";
import type { TeacherRow } from "../logic/teacherRows";
import { activeEditor, teacherOf } from "./documents";
import type { Secrets } from "./secrets";
import type { Overviews } from "./overviews";
import { offer } from "./offer";
import type { Server } from "./server";
import { askForKey } from "./setApiKey";
import { save } from "./settings";
import { tellUnavailable } from "./synthesize";

interface Item extends vscode.QuickPickItem {
  readonly choose: () => Promise<string | undefined>;
}

const SMALL_MODEL = "hf:gemma-3-270m";

const SMALL: Item = {
  label: "$(device-desktop) gemma-3-270m",
  description: SMALL_MODEL,
  detail: "A small model on this machine; its weights come with the extra tiny",
  choose: () => Promise.resolve(SMALL_MODEL),
};

/** Tell whether one was chosen, and can be asked as far as it shows; `about` may hold the `reason` why another run waits for that. */
export async function chooseTeacher(
  secrets: Secrets,
  overviews: Overviews,
  server: Server,
  about?: unknown,
): Promise<boolean> {
  const rows = await ask(server);
  if (!rows) {
    return false;
  }
  const reason = reasonIn(about);
  const editor = activeEditor();
  const now = teacherOf(editor?.document.uri);
  const picked = await vscode.window.showQuickPick(items(rows, secrets), {
    title: "Who writes the pairs?",
    // What to do about it is what is asked here.
    placeHolder: reason?.split(": ")[0] ?? `Now: ${withoutSecrets(now)}`,
    matchOnDescription: true,
  });
  const teacher = await picked?.choose();
  if (teacher === undefined) {
    return false;
  }
  await save("teacher", teacher, editor?.document.uri);
  if (reason !== undefined) {
    // Whoever waits for it looks itself whether it can be asked.
    return true;
  }
  // Of what is on this machine only the server knows whether it can be asked.
  const overview = editor && (await overviews.ask(editor.document.uri.toString()));
  if (editor && overview?.availability && overview.teacher === teacher) {
    void tellUnavailable(overview.availability, editor.document.uri, teacher, server);
    return false;
  }
  return true;
}

function reasonIn(about: unknown): string | undefined {
  const reason =
    typeof about === "object" && about !== null && "reason" in about ? about.reason : undefined;
  return typeof reason === "string" ? reason : undefined;
}

/** The rows of the server's table; undefined where there are none, which was told. */
async function ask(server: Server): Promise<readonly TeacherRow[] | undefined> {
  const client = await server.started();
  if (!client) {
    return undefined;
  }
  try {
    const answer: unknown = await client.sendRequest(ExecuteCommandRequest.type, {
      command: "dlm.teachers",
      arguments: [],
    });
    const rows = teacherRows(answer);
    if (rows) {
      return rows;
    }
  } catch {
    // It is an older one, which does not know the command.
  }
  void offer(
    "error",
    "The dlm language server does not tell which teachers there are: it is older than this extension, and has to be updated.",
    [...(server.isOwn ? [INSTALL] : []), CHOOSE_INTERPRETER, SHOW_LOG],
  );
  return undefined;
}

async function items(rows: readonly TeacherRow[], secrets: Secrets): Promise<Item[]> {
  const drawn = await Promise.all(
    rows.map(async (row): Promise<Item[]> => {
      const provider = PROVIDERS.find(({ kind }) => kind === row.kind);
      const hasKey = provider && (await secrets.of(provider)) !== undefined;
      const item = {
        ...teacherItem(row, hasKey, process.env),
        choose: () => (provider ? askProvider(secrets, provider, row) : askForTarget(row)),
      };
      return row.kind === "hf" ? [SMALL, item] : [item];
    }),
  );
  return drawn.flat();
}

function askProvider(
  secrets: Secrets,
  provider: Provider,
  row: TeacherRow,
): Promise<string | undefined> {
  return provider.kind === "vllm-server"
    ? askForServer(secrets, provider, row)
    : askForModel(secrets, provider, row, `${provider.kind}:`);
}

async function askForTarget(row: TeacherRow): Promise<string | undefined> {
  if (row.target === "") {
    return row.kind;
  }
  const target = await vscode.window.showInputBox({
    title: `Teacher ${row.form}`,
    prompt: row.description,
    placeHolder: row.target,
    ignoreFocusOut: true,
  });
  return target?.trim() ? `${row.kind}:${target.trim()}` : undefined;
}

async function askForServer(
  secrets: Secrets,
  provider: Provider,
  row: TeacherRow,
): Promise<string | undefined> {
  const address = await vscode.window.showInputBox({
    title: "Address of the server",
    value: "http://localhost:8000",
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^(?:https?:\/\/)?[^\s#/][^\s#]*$/.test(value.trim())
        ? undefined
        : "An address is written as http://localhost:8000, without blanks or #",
  });
  return address === undefined
    ? undefined
    : askForModel(secrets, provider, row, `vllm-server:${address.trim()}`);
}

/** Check key and server by the list of models, and let one be picked. */
async function askForModel(
  secrets: Secrets,
  provider: Provider,
  row: TeacherRow,
  selector: string,
): Promise<string | undefined> {
  if (
    row.keyRequired &&
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
  const buttons = listed.rejected ? [newKey, anyway] : [anyway];
  const chosen = await vscode.window.showWarningMessage(`dlm: ${listed.problem}.`, ...buttons);
  if (chosen === newKey) {
    return (await askForKey(secrets, provider))
      ? askForModel(secrets, provider, row, selector)
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
