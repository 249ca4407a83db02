/** A real editor with a profile of its own: code-server, and Chromium in front of it. */

import { AssertionError } from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import type { BrowserContext, ElementHandle, FrameLocator, Locator, Page } from "playwright-core";
import type * as vscode from "vscode";
import { DOUBLE } from "../../src/logic/clicks";
import { Host } from "./host";
import { chromiumPath, CODE_SERVER, EXTENSIONS, FAILED, NODE, REPOSITORY, SERVER } from "./paths";
import { servers } from "./processes";
import type { Teacher } from "./teacher";

export interface EditorOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of this machine; the server that is tested, unless told otherwise. */
  readonly machine?: Readonly<Record<string, unknown>>;
  /** What goes before PATH. */
  readonly path?: string;
  /** The folder of the extensions; ours and the probe unless told. */
  readonly extensions?: string;
  /** What else is in the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Files of the workspace; those that end in `.sh` can be executed. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether workspaces have to be trusted first. */
  readonly trust?: boolean;
  /** How many pixels there are to one. */
  readonly scale?: number;
}

const QUIET = {
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "workbench.enableExperiments": false,
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "editor.hover.delay": 100,
  "editor.minimap.enabled": false,
  "files.autoSave": "off",
};

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const PATIENCE = 20_000;
const MOMENT = 1_000;

export class Editor {
  private pressed = 0;

  private constructor(
    private readonly root: string,
    private readonly process: ChildProcess,
    private readonly said: string[],
    private readonly browser: BrowserContext,
    readonly page: Page,
    readonly host: Host,
  ) {}

  /** Start an editor whose user has chosen this teacher. */
  static startWith(
    teacher: Teacher,
    options: Omit<EditorOptions, "settings"> = {},
  ): Promise<Editor> {
    const settings = {
      "dlm.teacher": teacher.selector,
      "dlm.filter": "dedup-only",
      "dlm.perSection": 2,
    };
    return Editor.start({ ...options, settings });
  }

  static async start(options: EditorOptions = {}): Promise<Editor> {
    const root = mkdtempSync(join(tmpdir(), "dlm-e2e-"));
    const write = (path: string, content: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
    };
    const trusted = {
      "security.workspace.trust.enabled": options.trust ?? false,
      "security.workspace.trust.startupPrompt": "never",
    };
    const settings = { ...QUIET, ...trusted, ...options.settings };
    write("data/User/settings.json", JSON.stringify(settings));
    // The editor loses settings of this kind now and then where they stand with the others.
    const machine = JSON.stringify(options.machine ?? { "dlm.path": SERVER });
    write("data/Machine/settings.json", machine.replaceAll("WORK", join(root, "work")));
    mkdirSync(join(root, "work"));
    for (const [path, content] of Object.entries(options.files ?? {})) {
      write(join("work", path), content);
    }
    // The editor takes PATH from a shell that the user would have.
    write("home/.profile", `PATH='${options.path ?? "/usr/local/bin"}':"$PATH"\n`);
    const host = await Host.listen();
    const port = await freePort();
    const said: string[] = [];
    const server = spawn(
      NODE,
      [
        CODE_SERVER,
        ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`],
        ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
        ...(options.trust ? [] : ["--disable-workspace-trust"]),
        ...[
          "--user-data-dir",
          join(root, "data"),
          "--extensions-dir",
          options.extensions ?? EXTENSIONS,
        ],
      ],
      {
        env: {
          PATH: process.env["PATH"],
          HOME: join(root, "home"),
          DLM_HOME: join(root, "store"),
          // The server is that of the checkout.
          PYTHONPATH: REPOSITORY,
          DLM_E2E_PORT: String(host.port),
          EXTENSIONS_GALLERY: "{}",
          // What is tested may lie elsewhere than what is installed.
          ...(process.env["PYTHONPATH"] ? { PYTHONPATH: process.env["PYTHONPATH"] } : {}),
          ...options.environment,
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    // Where the tests end in another way than by `close`.
    process.once("exit", () => server.kill());
    process.once("SIGTERM", () => process.exit(1));
    await listening(server, said);
    const browser = await chromium.launchPersistentContext(join(root, "browser"), {
      executablePath: chromiumPath(),
      headless: true,
      args: FLAGS,
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: options.scale ?? 1,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    browser.setDefaultTimeout(PATIENCE);
    const page = browser.pages()[0] ?? (await browser.newPage());
    page.on("console", (message) => said.push(`page: ${message.text()}`));
    const address = `http://127.0.0.1:${port}/?folder=${join(root, "work")}`;
    const editor = new Editor(root, server, said, browser, page, host);
    await page.goto(address);
    await page.waitForSelector(".monaco-workbench");
    return editor;
  }

  path(name: string): string {
    return join(this.root, "work", name);
  }

  /** The folder where the editor keeps what the extension stores. */
  get storage(): string {
    return join(this.root, "data", "User", "globalStorage", "dlm-lsp.dlm");
  }

  /** What of a file is on disk. */
  onDisk(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /** The files that have these words in them: settings, logs, documents, the store. */
  filesWith(words: string): string[] {
    const folders = ["data", "home", "store", "work"].map((name) => join(this.root, name));
    const found = spawnSync("grep", ["-rlaF", words, ...folders], { encoding: "utf8" });
    return found.stdout.split("\n").filter((line) => line !== "");
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** The language servers that this editor has started. */
  servers(): number[] {
    return servers(join(this.root, "store"));
  }

  /** Write a file and show it, alone and with the cursor at its first line of prose. */
  async show(name: string, text: string): Promise<void> {
    writeFileSync(this.path(name), text);
    // The editor hides notifications where many come in a short while.
    await this.command("notifications.clearAll");
    await this.page.locator(".notification-toast").first().waitFor({ state: "detached" });
    await this.host.run(async ({ vscode, until }, path) => {
      // What is beside the text would be where the next one is shown.
      const pages = vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview);
      await vscode.window.tabGroups.close(pages);
      while (vscode.window.activeTextEditor) {
        await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
      }
      // By this road nothing holds the document once it is closed.
      await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(path));
      const shown = await until(() =>
        vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === path),
      );
      const start = shown.document.positionAt(shown.document.getText().indexOf("\n---\n") + 5);
      await until(async () => {
        shown.selection = new vscode.Selection(start, start);
        // Behind what the window itself has to say of the selection of a new editor.
        await vscode.commands.executeCommand("setContext", "e2e.shown", true);
        return shown.selection.active.isEqual(start);
      });
    }, this.path(name));
    await this.command("workbench.action.focusActiveEditorGroup");
  }

  /** The same, and wait until the server has read it. */
  async open(name: string, text: string): Promise<void> {
    await this.show(name, text);
    await this.untilServed();
  }

  /** Wait until a file is in view that something else shows. */
  async untilShown(name: string): Promise<void> {
    await this.host.run(
      ({ vscode, until }, path) =>
        until(() => vscode.window.activeTextEditor?.document.uri.fsPath === path),
      this.path(name),
    );
  }

  /** Wait until the server has lenses for the document in view. */
  async untilServed(): Promise<void> {
    await this.host.run(({ vscode, until }) =>
      until(async () => {
        const uri = vscode.window.activeTextEditor?.document.uri;
        // A window that is loaded anew has no document in view at first.
        const lenses = uri
          ? await vscode.commands.executeCommand<unknown[]>("vscode.executeCodeLensProvider", uri)
          : [];
        return lenses.length > 0;
      }),
    );
  }

  /** The text in the editor. */
  text(): Promise<string> {
    return this.host.run(({ vscode }) => vscode.window.activeTextEditor?.document.getText() ?? "");
  }

  /** Wait until extensions, too, see this text: they hear of a key after the page has shown it. */
  async untilText(text: string): Promise<void> {
    await this.host.run(
      ({ vscode, until }, wanted) =>
        until(() => vscode.window.activeTextEditor?.document.getText() === wanted),
      text,
    );
  }

  /** Wait until the text in the editor has this many synthesized sections; return it. */
  untilSynthesized(count: number, seconds = 20): Promise<string> {
    return this.host.run(
      ({ vscode, until }, [wanted, patience]) =>
        until(() => {
          const text = vscode.window.activeTextEditor?.document.getText() ?? "";
          const found = text.match(/^<!-- dlm-auto-synth:/gm)?.length ?? 0;
          return found === wanted ? text : undefined;
        }, patience),
      [count, seconds] as const,
      2 * seconds,
    );
  }

  /** Set something for a test; undefined takes it away again. */
  async set(name: string, value: unknown): Promise<void> {
    await this.host.run(
      async ({ vscode }, [key, given]) => {
        const target = vscode.ConfigurationTarget.Global;
        await vscode.workspace.getConfiguration("dlm").update(key, given ?? undefined, target);
      },
      [name, value ?? null] as const,
    );
  }

  command(name: string, argument?: unknown): Promise<void> {
    return this.host.run(
      async ({ vscode }, [command, about]) => {
        await vscode.commands.executeCommand(command, about ?? undefined);
      },
      [name, argument ?? null] as const,
    );
  }

  /** The problems of the document in view. */
  problems(): Promise<{ message: string; code: string }[]> {
    return this.host.run(({ vscode }) => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      return (uri ? vscode.languages.getDiagnostics(uri) : []).map(({ message, code }) => ({
        message,
        code: typeof code === "object" ? String(code.value) : String(code),
      }));
    });
  }

  /** Put the cursor before some words. */
  async goTo(words: string): Promise<void> {
    await this.host.run(async ({ vscode }, wanted) => {
      const editor = vscode.window.activeTextEditor;
      const place = editor?.document.positionAt(editor.document.getText().indexOf(wanted));
      if (!editor || !place || place.isEqual(editor.selection.active)) {
        return;
      }
      const moved = new Promise<void>((resolve) => {
        const listener = vscode.window.onDidChangeTextEditorSelection(() => {
          listener.dispose();
          resolve();
        });
      });
      editor.selection = new vscode.Selection(place, place);
      editor.revealRange(editor.selection);
      await moved;
      // Behind what the extension has set on hearing of it.
      await vscode.commands.executeCommand("setContext", "e2e.moved", true);
    }, words);
  }

  /** Wait until the cursor is in a line that begins with these words. */
  async untilAt(words: string): Promise<void> {
    await this.host.run(async ({ vscode, until }, wanted) => {
      await until(() => {
        const editor = vscode.window.activeTextEditor;
        return editor?.document.lineAt(editor.selection.active).text.startsWith(wanted);
      });
      // Behind what the extension has set on hearing of it.
      await vscode.commands.executeCommand("setContext", "e2e.moved", true);
    }, words);
  }

  /** Put the line before some words to the top. */
  async scrollTo(words: string): Promise<void> {
    await this.host.run(({ vscode }, wanted) => {
      const editor = vscode.window.activeTextEditor;
      const place = editor?.document.positionAt(editor.document.getText().indexOf(wanted));
      if (editor && place) {
        const above = place.translate(-1);
        editor.revealRange(new vscode.Range(above, above), vscode.TextEditorRevealType.AtTop);
      }
    }, words);
  }

  /** What the hover over some words says. */
  hover(words: string): Promise<string> {
    return this.host.run(async ({ vscode }, wanted) => {
      const document = vscode.window.activeTextEditor?.document;
      const hovers = document
        ? await vscode.commands.executeCommand<vscode.Hover[]>(
            "vscode.executeHoverProvider",
            document.uri,
            document.positionAt(document.getText().indexOf(wanted)),
          )
        : [];
      return hovers
        .flatMap(({ contents }) => contents as vscode.MarkdownString[])
        .map(({ value }) => value)
        .join("\n");
    }, words);
  }

  /** Type at the end of the document. */
  async insert(words: string): Promise<void> {
    await this.host.run(async ({ vscode }, typed) => {
      const editor = vscode.window.activeTextEditor;
      await editor?.edit((edit) => {
        edit.insert(editor.document.lineAt(editor.document.lineCount - 1).range.end, typed);
      });
    }, words);
  }

  /** Choose from the lightbulb by keyboard: other things may lie over what would be clicked. */
  async chooseAction(words: string | RegExp): Promise<void> {
    await this.openActions(words);
    await this.page.keyboard.press("Enter");
  }

  /** Open what the lightbulb offers, and go to this in it. */
  async openActions(words: string | RegExp): Promise<void> {
    const rows = this.page.locator(".action-widget .monaco-list-row.action");
    await this.repeat(
      () => this.page.keyboard.press("Control+."),
      rows.filter({ hasText: words }).first(),
      () => this.page.keyboard.press("Escape"),
    );
    const titles = await rows.allInnerTexts();
    const place = titles.findIndex((title) =>
      typeof words === "string" ? title.includes(words) : words.test(title),
    );
    for (let step = 0; step < place; step += 1) {
      await this.page.keyboard.press("ArrowDown");
    }
    await this.page
      .locator(".action-widget .monaco-list-row.focused", { hasText: words })
      .waitFor();
  }

  /** Run a command from the palette. */
  async palette(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input.input").fill(`>${title}`);
    await this.page
      .locator(".quick-input-list .monaco-list-row.focused", { hasText: title })
      .waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Choose from a list that asks something. */
  async pick(words: string): Promise<void> {
    const rows = this.page.locator(".quick-input-list .monaco-list-row", { hasText: words });
    await rows.first().waitFor();
    await this.typeAndPick(words);
  }

  /** Name something that is in no list, where a list with this title takes that too. */
  async name(title: string, words: string): Promise<void> {
    await this.page.locator(".quick-input-titlebar", { hasText: title }).waitFor();
    await this.typeAndPick(words);
  }

  /** Answer the question with this title in words of one's own. */
  async answer(title: string, words: string): Promise<void> {
    await this.page.locator(".quick-input-titlebar", { hasText: title }).waitFor();
    await this.page.locator(".quick-input-widget input.input").fill(words);
    await this.page.keyboard.press("Enter");
  }

  /** Answer a question that proposes something, once it does: before, it would write over words. */
  async answerInPlaceOf(proposal: string, title: string, words: string): Promise<void> {
    await this.page.waitForFunction((ending) => {
      const input = document.querySelector<HTMLInputElement>(".quick-input-widget input.input");
      return input?.value.endsWith(ending);
    }, proposal);
    await this.answer(title, words);
  }

  /** Wait until a setting of the extension has this value. */
  async untilSet(name: string, value: unknown): Promise<void> {
    await this.host.run(
      ({ vscode, until }, [key, wanted]) =>
        until(() => {
          const uri = vscode.window.activeTextEditor?.document.uri;
          return vscode.workspace.getConfiguration("dlm", uri).get(key) === wanted;
        }),
      [name, value] as const,
    );
  }

  async save(): Promise<void> {
    await this.page.keyboard.press("Control+s");
    await this.page.waitForSelector(".tab.dirty", { state: "detached" });
  }

  /** The notification that says this. */
  notification(words: string | RegExp): Locator {
    return this.page.locator(".notification-toast", { hasText: words });
  }

  /** Give the view of what was synthesized all the room that there is. */
  async showView(): Promise<void> {
    await this.command("dlm.synthesized.focus");
    const files = this.page.locator(".pane-header.expanded", { hasText: "work" });
    if ((await files.count()) > 0) {
      await files.click();
    }
  }

  /** Rest the mouse on the marker of a pair until the hover is there that says this. */
  async restOnMarker(words: string): Promise<Locator> {
    // What appears above the line would move it away from under the mouse.
    await this.page.locator(".codelens-decoration", { hasText: "Regenerate" }).first().waitFor();
    const hover = this.page.locator(".monaco-hover:visible", { hasText: words });
    await this.repeat(
      () => this.page.locator(".view-line", { hasText: "dlm-auto-synth" }).first().hover(),
      hover,
      () => this.page.mouse.move(0, 0),
    );
    return hover;
  }

  /** The page of the review. */
  review(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** Wait until the page of the review has the focus, so that keys go there. */
  async untilReviewing(words: string | RegExp): Promise<void> {
    await this.review().locator("#pair:focus", { hasText: words }).waitFor();
  }

  /** A row of the view of what was synthesized. */
  row(words: string | RegExp): Locator {
    return this.page.locator(".monaco-list-row", { hasText: words }).filter({ visible: true });
  }

  /** Press what a row has to be pressed, such as "Apply". */
  async onRow(words: string | RegExp, button: string): Promise<void> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      try {
        await this.row(words).hover({ timeout: MOMENT });
        const label = this.row(words).locator(`.action-label[aria-label^="${button}"]`);
        // Of two clicks in quick succession the second is not taken.
        await this.page.waitForTimeout(Math.max(0, this.pressed + DOUBLE - Date.now()));
        await label.click({ timeout: MOMENT });
        this.pressed = Date.now();
        return;
      } catch (error) {
        // A view that is filled anew meanwhile takes its buttons away.
        if (Date.now() > end) {
          throw error;
        }
      }
    }
  }

  /** Do something until it has its effect: the editor drops requests where it is busy with others. */
  async repeat(
    act: () => Promise<void>,
    effect: Locator,
    takeBack: () => Promise<void>,
  ): Promise<void> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      await act();
      try {
        await effect.waitFor({ timeout: MOMENT });
        return;
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
        await takeBack();
      }
    }
  }

  /** Press a button by keyboard: a notification that moves is not where the mouse clicks. */
  async press(where: Locator, name: string): Promise<void> {
    const end = Date.now() + PATIENCE;
    const button = where.getByRole("button", { name, exact: true });
    await button.waitFor();
    let pressed: ElementHandle | undefined;
    for (;;) {
      try {
        const found = await button.elementHandle({ timeout: MOMENT });
        await found.press("Enter", { timeout: MOMENT });
        pressed = found;
        await found.waitForElementState("hidden", { timeout: MOMENT });
        return;
      } catch (error) {
        if (pressed && !(await pressed.isVisible())) {
          return;
        }
        if (Date.now() > end) {
          throw error;
        }
      }
    }
  }

  /** Load the window anew as a user does, and wait for its extensions. */
  async reload(): Promise<void> {
    const renewed = this.host.renewed();
    // On a reload of the page alone, the editor has not saved what was opened just now.
    await this.palette("Developer: Reload Window");
    await renewed;
  }

  /** Close the window as a user does. */
  async closeWindow(): Promise<void> {
    await this.page.close({ runBeforeUnload: true });
  }

  /**
   * A test whose picture and logs are kept where it fails.
   *
   * What is waited for in vain gets a second chance, and the first is told: the editor drops clicks
   * and keys where it is busy. What is there and is wrong gets none.
   */
  static test(name: string, editor: () => Editor, check: (attempt: 1 | 2) => Promise<void>): void {
    const attempt = async (number: 1 | 2) => {
      try {
        await check(number);
      } catch (error) {
        await editor().keep(name.replaceAll(/\W+/g, "-"));
        throw error;
      }
    };
    void test(name, async (context) => {
      try {
        await attempt(1);
      } catch (error) {
        if (error instanceof AssertionError || editor().page.isClosed()) {
          throw error;
        }
        context.diagnostic(`tried once more: ${String(error)}`);
        await editor().page.keyboard.press("Escape");
        await attempt(2);
      }
    });
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.host.close();
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill();
    await ended;
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  private async typeAndPick(words: string): Promise<void> {
    await this.page.locator(".quick-input-widget input.input").fill(words);
    await this.page
      .locator(".quick-input-list .monaco-list-row.focused", { hasText: words })
      .waitFor();
    await this.page.keyboard.press("Enter");
  }

  private async keep(name: string): Promise<void> {
    const folder = join(FAILED, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "said.txt"), this.said.join("\n"));
    cpSync(join(this.root, "data", "logs"), join(folder, "logs"), { recursive: true });
    if (!this.page.isClosed()) {
      await this.page.screenshot({ path: join(folder, "page.png") });
    }
  }
}

function listening(server: ChildProcess, said: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on("data", (data: Buffer) => {
        said.push(data.toString());
        if (data.includes("HTTP server listening")) {
          resolve();
        }
      });
    }
    server.once("exit", () => {
      reject(new Error(said.join("")));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
