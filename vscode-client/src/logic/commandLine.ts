/** Command line: how to run the command `dlm` that comes with a server. */

import type { Launch } from "./discovery";

const FROM_PYTHON = "import sys; from dlm_lsp.cli.app import main; sys.exit(main())";

export interface CommandLine {
  readonly command: string;
  readonly arguments: readonly string[];
}

/** A server by its interpreter has the command in the same one, another in the same folder. */
export function dlmCommand(
  { command, arguments: given }: Pick<Launch, "command" | "arguments">,
  args: readonly string[],
): CommandLine {
  return given.length > 0
    ? { command, arguments: ["-c", FROM_PYTHON, ...args] }
    : { command: command.replace(/dlm-lsp(\.\w+)?$/i, "dlm$1"), arguments: args };
}
