/** Clicks: the second of a double click is not meant for what has come under the mouse since. */

/** Milliseconds within which a click belongs to the one before. */
export const DOUBLE = 500;

export class Clicks {
  private last = -DOUBLE;

  /** Tell whether a click at a time, in milliseconds, is the second of two. */
  isSecond(at: number): boolean {
    const second = at - this.last < DOUBLE;
    this.last = second ? this.last : at;
    return second;
  }
}
