/** Plain text: what a teacher wrote, where it is shown as data. */

// Controls, and what turns the direction of all that follows it; a joiner or a mark is spelling.
const DECEPTIVE = /(?![\n\t])[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** A text with the characters made visible that would make it look like another one. */
export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(DECEPTIVE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `[U+${code}]`;
  });
}

/** The same in one line. */
export function inOneLine(text: string): string {
  return visible(text.trim().replace(/\s*[\n\r]\s*/g, " "));
}

/** A message in which nothing is a link: the editor takes `[words](command:...)` for one. */
export function withoutLinks(message: string): string {
  return message.replace(/\](?=\()/g, "]\u200b");
}
