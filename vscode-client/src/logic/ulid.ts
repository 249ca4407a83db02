/** Names for new documents. */

import { randomBytes } from "node:crypto";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A ULID: ten letters of time, sixteen of chance. */
export function ulid(now: number): string {
  let time = "";
  for (let rest = now, place = 0; place < 10; place += 1) {
    time = (LETTERS[rest % 32] ?? "") + time;
    rest = Math.floor(rest / 32);
  }
  return time + Array.from(randomBytes(16), (byte) => LETTERS[byte % 32]).join("");
}
