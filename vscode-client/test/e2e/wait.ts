/** Waiting for what nobody tells. */

const PATIENCE = 20_000;
const BETWEEN = 40;

export async function until(check: () => boolean, patience = PATIENCE): Promise<void> {
  const end = Date.now() + patience;
  while (!check()) {
    if (Date.now() > end) {
      throw new Error(`in vain: ${String(check)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN));
  }
}
