/** Crashes: is a server that has died worth another start? */

const MANY = 4;
const WINDOW = 3 * 60_000;

export class Crashes {
  private times: number[] = [];

  /** Note a crash; true where too many came in a short while. */
  tooMany(now: number): boolean {
    this.times = [...this.times.filter((time) => now - time < WINDOW), now];
    return this.times.length > MANY;
  }
}
