/** Discovery: the first of the server's locations that has one. */

/** How to start something, or why a place has nothing to start. */
export type Offer =
  { readonly command: string; readonly arguments: readonly string[] } | { readonly absent: string };

/** Said of a place that may have one, had it answered in time. */
export const NO_ANSWER = "did not answer";

/** Whether nothing was found just because a place did not answer in time. */
export function mayBeThere(tried: readonly Attempt[]): boolean {
  return tried.some(({ outcome }) => outcome.endsWith(NO_ANSWER));
}

export interface ServerLocation {
  readonly name: string;
  /** Chosen by the user: where it does not work, nothing else is tried in its stead. */
  readonly binding: boolean;
  readonly look: () => Promise<Offer | undefined>;
}

export type Answer = { readonly version: string } | { readonly failure: string };

export interface Launch {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly place: string;
  readonly version: string;
}

export interface Attempt {
  readonly place: string;
  readonly outcome: string;
}

export interface Discovery {
  readonly launch?: Launch;
  readonly tried: readonly Attempt[];
}

/** Look in each place in turn; one that offers undefined was not meant, and is not named. */
export async function discover(
  locations: readonly ServerLocation[],
  probe: (command: string, args: readonly string[]) => Promise<Answer>,
): Promise<Discovery> {
  const tried: Attempt[] = [];
  for (const location of locations) {
    const offer = await location.look();
    if (offer === undefined) {
      continue;
    }
    if ("absent" in offer) {
      tried.push({ place: location.name, outcome: offer.absent });
    } else {
      const answer = await probe(offer.command, offer.arguments);
      if ("version" in answer) {
        return { launch: { ...offer, place: location.name, version: answer.version }, tried };
      }
      tried.push({ place: location.name, outcome: `${offer.command}: ${answer.failure}` });
    }
    if (location.binding) {
      break;
    }
  }
  return { tried };
}

export function triedInWords(tried: readonly Attempt[]): string {
  return tried.map(({ place, outcome }) => `${place} (${outcome})`).join("; ");
}

export function isSameLaunch(launch: Launch, other: Launch): boolean {
  return (
    launch.command === other.command &&
    launch.version === other.version &&
    launch.arguments.join("\0") === other.arguments.join("\0")
  );
}
