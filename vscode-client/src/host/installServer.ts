/** The command that installs the server into the environment of the extension's own. */

import * as vscode from "vscode";
import { INSTALL_CHOICES } from "../logic/installChoices";
import { settingButton } from "../logic/remedies";
import { offer } from "./offer";
import type { OwnServer } from "./ownServer";
import type { Server } from "./server";
import { folder } from "./serverLocations";
import { text } from "./settings";

export async function installServer(own: OwnServer, server: Server): Promise<void> {
  const before = own.isInstalled() ? own.extras : ["local"];
  const items = INSTALL_CHOICES.map((choice) => ({
    ...choice,
    picked: choice.extras.some((extra) => before.includes(extra)),
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: "Install dlm-lsp: what do you want to use?",
    placeHolder: "What is picked here can be added to later by installing again",
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!chosen) {
    return;
  }
  const wanted = chosen.flatMap(({ extras }) => extras);
  if (await own.install(wanted, server.ended)) {
    await server.restart();
    tellWhatCountsBefore();
  }
}

/** Tell of a setting that has another server run than the one that was installed. */
function tellWhatCountsBefore(): void {
  const name = ["path", "interpreter"].find((setting) => text(setting, folder()) !== "");
  if (name !== undefined) {
    const told = `dlm-lsp is installed, but dlm.${name} is set, and counts before it.`;
    void offer("warning", told, [settingButton(name)]);
  }
}
