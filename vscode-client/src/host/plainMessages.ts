/** Messages of the server: what a teacher wrote may be in them, and the editor makes links of it. */

import {
  MessageType,
  ShowMessageNotification,
  ShowMessageRequest,
} from "vscode-languageclient/node";
import type { LanguageClient } from "vscode-languageclient/node";
import { withoutLinks } from "../logic/plainText";
import { SHOW } from "./offer";

/** Have a client show all messages of its server as plain text. */
export function showPlainMessages(client: LanguageClient): void {
  client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
    void SHOW[loudness(type)](withoutLinks(message));
  });
  client.onRequest(ShowMessageRequest.type, async ({ type, message, actions = [] }) => {
    const titles = actions.map(({ title }) => title);
    const chosen = await SHOW[loudness(type)](withoutLinks(message), ...titles);
    return actions.find(({ title }) => title === chosen) ?? null;
  });
}

function loudness(type: MessageType): keyof typeof SHOW {
  switch (type) {
    case MessageType.Error:
      return "error";
    case MessageType.Warning:
      return "warning";
    default:
      return "information";
  }
}
