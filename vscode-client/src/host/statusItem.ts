/** The language status: teacher, state, counts and review of the document in view. */

import * as vscode from "vscode";
import { countsInWords, reviewOf } from "../logic/overview";
import type { Overview } from "../logic/overview";
import { plural } from "../logic/plural";
import { progressInWords } from "../logic/reviewWords";
import { withoutSecrets } from "../logic/teacher";
import { activeEditor, SELECTOR, teacherOf } from "./documents";
import type { Overviews } from "./overviews";
import type { Server } from "./server";

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("dlm.status", SELECTOR);
  private review: vscode.LanguageStatusItem | undefined;
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    private readonly overviews: Overviews,
  ) {
    const show = () => {
      this.show();
    };
    this.item.name = "dlm";
    this.listeners = [
      server.onDidChange(show),
      overviews.onDidChange(show),
      vscode.window.onDidChangeActiveTextEditor(show),
      vscode.workspace.onDidChangeConfiguration(show),
    ];
    this.show();
  }

  dispose(): void {
    this.review?.dispose();
    vscode.Disposable.from(this.item, ...this.listeners).dispose();
  }

  private show(): void {
    const document = activeEditor()?.document;
    const overview = document && this.overviews.of(document.uri);
    this.showReview(overview);
    const { state } = this.server;
    const fails = state === "stopped" || state === "not found";
    this.item.busy = state === "starting" || (overview?.running ?? 0) > 0;
    if (fails) {
      this.item.text = `dlm server: ${state}`;
      this.item.detail = "";
      this.item.severity = vscode.LanguageStatusSeverity.Error;
      this.item.command = { title: "Restart", command: "dlm.restartServer" };
      return;
    }
    this.item.text = withoutSecrets(overview?.teacher ?? teacherOf(document?.uri));
    this.item.detail = detailOf(overview, state);
    this.item.severity = overview?.availability
      ? vscode.LanguageStatusSeverity.Warning
      : vscode.LanguageStatusSeverity.Information;
    this.item.command = { title: "Choose Teacher", command: "dlm.chooseTeacher" };
  }

  /** How far the review is: an item of its own, since one has but one button. */
  private showReview(overview: Overview | undefined): void {
    const review = overview && reviewOf(overview);
    if (!review) {
      this.review?.dispose();
      this.review = undefined;
      return;
    }
    this.review ??= vscode.languages.createLanguageStatusItem("dlm.review", SELECTOR);
    this.review.name = "dlm: Review";
    this.review.text = progressInWords(review);
    this.review.command = { title: "Review", command: "dlm.reviewPairs" };
  }
}

function detailOf(overview: Overview | undefined, state: string): string {
  if (!overview) {
    return state === "running" ? "" : state;
  }
  const counts = countsInWords(overview.counts);
  const doing =
    overview.running > 0
      ? `asking about ${plural(overview.running, "section")}`
      : overview.availability?.message;
  return [doing ?? "ready", counts].filter((words) => words !== "").join(" · ");
}
