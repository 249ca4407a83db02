/** Activation: the parts are put together. */

import * as vscode from "vscode";
import type { ReviewCommand } from "./logic/reviewTargets";
import { ask } from "./host/ask";
import { chooseInterpreter } from "./host/chooseInterpreter";
import { chooseTeacher } from "./host/chooseTeacher";
import { Consent } from "./host/consent";
import { copyDebugInformation } from "./host/copyDebugInformation";
import { goTo, keepContext } from "./host/cursor";
import { addressIn } from "./host/argument";
import { LANGUAGE } from "./logic/language";
import { changesIn } from "./logic/pairChange";
import { isOurs, ourDocuments } from "./host/documents";
import { exportPairs } from "./host/exportPairs";
import { foldSynthesized } from "./host/fold";
import { installServer } from "./host/installServer";
import { Interpreters } from "./host/interpreters";
import { Secrets } from "./host/secrets";
import { DimmedMarkers } from "./host/markers";
import { middleware } from "./host/middleware";
import { newDocument } from "./host/newDocument";
import { openExample } from "./host/openExample";
import { Overviews } from "./host/overviews";
import { OwnServer } from "./host/ownServer";
import { Evidence } from "./host/evidence";
import { PairChanges } from "./host/pairChanges";
import { pickAction } from "./host/pickAction";
import { Review } from "./host/review";
import { ReviewPanel } from "./host/reviewPanel";
import { Runs } from "./host/runs";
import { Server } from "./host/server";
import { save } from "./host/settings";
import { setApiKey } from "./host/setApiKey";
import { StatusItem } from "./host/statusItem";
import { synthesize, synthesizeDocument } from "./host/synthesize";
import { synthesizeMany, synthesizeWorkspace } from "./host/synthesizeMany";
import { SynthesizedView } from "./host/synthesizedView";
import { Trainer } from "./host/train";
import { markUnreviewed } from "./host/unreviewed";
import { WorkspaceOverviews } from "./host/workspaceOverviews";

let running: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("dlm", { log: true });
  const secrets = new Secrets(context.secrets);
  const interpreters = new Interpreters(log);
  const own = new OwnServer(context.globalStorageUri, context.extensionUri, interpreters, log);
  const server = new Server(own, log, secrets, interpreters);
  const overviews = new Overviews(server, log);
  const pairs = new PairChanges();
  const review = new Review(server, overviews);
  const evidence = new Evidence();
  const panel = new ReviewPanel(context.extensionUri, server, overviews, evidence, log);
  const trainer = new Trainer(context.extensionUri, server, secrets, log);
  const runs = new Runs(server, overviews, panel, log);
  const workspace = new WorkspaceOverviews(server, log);
  const view = new SynthesizedView(overviews, workspace);
  const consent = new Consent(context.workspaceState);
  server.middleware = middleware(server, consent, runs, overviews, log);
  running = server;

  const commands: Record<string, (about?: unknown, selected?: unknown) => unknown> = {
    "dlm.synthesize": () => synthesize(server),
    "dlm.synthesizeDocument": (about?: unknown, selected?: unknown) =>
      isSeveral(selected)
        ? synthesizeMany(server, runs, selected)
        : synthesizeDocument(server, about),
    "dlm.synthesizeWorkspace": (about?: unknown) => synthesizeWorkspace(server, runs, about),
    "dlm.train": (about?: unknown) => trainer.train(about),
    "dlm.prompt": (about?: unknown) => trainer.prompt(about),
    "dlm.chooseTeacher": (about?: unknown) => chooseTeacher(secrets, overviews, server, about),
    "dlm.setApiKey": () => setApiKey(secrets),
    "dlm.revert": (about?: unknown) => review.revert(about),
    "dlm.keepAll": (about?: unknown) => review.keepAll(about),
    "dlm.applyAll": (about?: unknown) => review.applyAll(about),
    "dlm.discardAll": (about?: unknown) => review.discardAll(about),
    "dlm.foldSynthesized": () => foldSynthesized(overviews),
    "dlm.review.reveal": (about?: unknown) => review.reveal(about),
    "dlm.showChanges": (about?: unknown) => pairs.show(changesIn(about)),
    "dlm.reviewPairs": (about?: unknown) => panel.show(about),
    "dlm.reviewRefused": (about?: unknown) => panel.show(about, { state: "refused" }),
    "dlm.nextSynthesized": () => goTo(overviews, "next"),
    "dlm.previousSynthesized": () => goTo(overviews, "previous"),
    "dlm.showReport": (about?: unknown) => showReport(server, about),
    "dlm.showLogs": () => {
      log.show();
    },
    "dlm.restartServer": () => server.restart(),
    "dlm.chooseInterpreter": () => chooseInterpreter(interpreters, server),
    "dlm.installServer": () => installServer(own, server),
    "dlm.copyDebugInformation": () =>
      copyDebugInformation(context.extension, server, secrets, overviews),
    "dlm.newDocument": () => newDocument(server),
    "dlm.exportPairs": (about?: unknown) => exportPairs(server, about ?? panel.activeUri),
    "dlm.openExample": () => openExample(context.extensionUri),
  };
  // Of messages, not of menus: what is wanted goes on.
  commands["dlm.filterWithoutJudge"] = async (about?: unknown) => {
    const uri = addressIn(about);
    await save("filter", "dedup-only", uri === undefined ? undefined : vscode.Uri.parse(uri));
    return true;
  };
  // Of the server, not of menus: what it has the user pick from.
  commands["dlm.pickAction"] = (about?: unknown) =>
    pickAction(about, (uri) => review.discardAll(uri));
  const acts: readonly ReviewCommand[] = ["keep", "remove", "regenerate", "apply", "discard"];
  for (const act of acts) {
    commands[`dlm.review.${act}`] = (about?: unknown) => review.act(act, about);
  }

  let keysChanged = false;
  const reconsiderKeys = () => {
    if (keysChanged && !runs.areRunning) {
      keysChanged = false;
      void server.reconsider();
    }
  };

  context.subscriptions.push(
    log,
    server,
    interpreters,
    overviews,
    pairs,
    runs,
    evidence,
    panel,
    workspace,
    view,
    new DimmedMarkers(),
    markUnreviewed(overviews),
    new StatusItem(server, overviews),
    keepContext(overviews),
    vscode.window.registerWebviewPanelSerializer("dlm.review", panel),
    ...Object.entries(commands).map(([name, command]) =>
      vscode.commands.registerCommand(name, command),
    ),
    server.onDidChange(() => {
      setContext("dlm.serverRunning", server.state === "running");
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isOurs(document) && server.state === "not started") {
        void server.start();
      }
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (
        ["path", "interpreter"].some((name) => event.affectsConfiguration(`${LANGUAGE}.${name}`))
      ) {
        void server.reconsider();
      }
      if (event.affectsConfiguration(LANGUAGE)) {
        void server.tellSettings();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      void server.reconsider();
    }),
    interpreters.onDidChange(() => {
      void server.reconsider();
    }),
    vscode.extensions.onDidChange(() => {
      // Somebody who has no server may have installed a Python extension just now.
      if (server.state === "not found") {
        void server.reconsider();
      }
    }),
    secrets.onDidChange(() => {
      // A key may have been set in another window, and what runs in this one is not to end for it.
      keysChanged = true;
      reconsiderKeys();
    }),
    runs.onDidBecomeIdle(() => {
      reconsiderKeys();
    }),
  );
  setContext("dlm.active", true);
  if (ourDocuments().length > 0) {
    void server.start();
  }
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** What is selected in the explorer, where it is more than one. */
function isSeveral(selected: unknown): selected is readonly vscode.Uri[] {
  return (
    Array.isArray(selected) &&
    selected.length > 1 &&
    selected.every((uri) => uri instanceof vscode.Uri)
  );
}

async function showReport(server: Server, about: unknown): Promise<void> {
  const uri = addressIn(about);
  if (uri !== undefined) {
    await ask(server, "dlm.synth.report", { uri });
  }
}

function setContext(key: string, value: boolean): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
