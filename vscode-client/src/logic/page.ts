/** Page of a panel: it loads its own script and style, and nothing else from anywhere. */

export interface PageParts {
  readonly script: string;
  readonly style: string;
  /** Where the editor serves the extension's own files from. */
  readonly source: string;
  readonly nonce: string;
}

/** A page with this title and body, neither of which anybody but us has written. */
export function page({ script, style, source, nonce }: PageParts, title: string, body: string) {
  const policy = [
    "default-src 'none'",
    `style-src ${source}`,
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${style}" />
    <title>${title}</title>
  </head>
  <body>
${body}
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
