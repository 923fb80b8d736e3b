import { heeding } from '../abort.js';
import { checkIdentity } from '../answers.js';
import type { Clock } from '../clock.js';
import { recordedContext } from '../context.js';
import type { Budget, CallerLimits } from '../caller-limits.js';
import type { Extensions } from '../extensions.js';
import type { Caller } from '../gateway.js';
import type { Identified, Identity, Moment, Received } from '../model.js';
import { deny, isStop, type Denied, type Stop } from '../outcome.js';
import type { Credential, IdentityProvider } from '../ports.js';
import { Remembered } from '../remembered.js';
import { Sightings } from '../sightings.js';
import type { Trip } from '../trip.js';

type Added = Pick<Identified, 'identity' | 'context'>;

/** How a request is let in. */
export interface Admission {
  /** Remembers who it was, for the request that follows with the very same credential object. */
  readonly remember?: true;
  /** Lets it in however much its caller asks: ending must always be possible. */
  readonly always?: true;
  /** What it counts for; for asking, unless told. */
  readonly budget?: Budget;
  /** Whether plugins are asked; unless told otherwise they are. Where they are not, none can stand in the way. */
  readonly plugins?: boolean;
}

/** Credential -> principal and actor, if they do not ask too much. The credential goes no further than this. */
export function createIdentityStage(provider: IdentityProvider, extensions: Extensions, clock: Clock, limits: CallerLimits) {
  const sightings = new Sightings();
  const remembered = new Remembered(clock);

  const identify = async (credential: Credential, resource: string | undefined, trip: Trip): Promise<Identity | Denied> => {
    if (typeof credential?.token !== 'string' || credential.token === '') return deny('UNAUTHENTICATED', undefined, { reason: 'credential.missing' });
    const answer = remembered.of(credential) ?? (await heeding(() => provider.authenticate(credential, trip.signal), trip.signal));
    if (isStop(answer)) return answer;
    const identity = checkIdentity(answer);
    trip.seen.identity = identity;
    if (!(identity.expiresAt > trip.at)) return deny('UNAUTHENTICATED', undefined, { reason: 'credential.expired' });
    if (resource !== undefined && !isFor(identity, resource)) return deny('UNAUTHENTICATED', undefined, { reason: 'token.resource', hint: `Get a token for the resource ${resource}.` });
    return identity;
  };

  return ({ credential, resource }: Caller, { remember, always, budget = 'asking', plugins = true }: Admission = {}) =>
    async <M extends Moment>(received: Received<M>, trip: Trip): Promise<Added | Stop> => {
      const identity = await identify(credential, resource, trip);
      if ('status' in identity) {
        if (identity.code === 'UNAUTHENTICATED') limits.unauthenticated(identity, trip);
        return identity;
      }
      const counted = remembered.take(credential);
      const refused = always === true ? undefined : counted ? limits.hold(identity, trip, budget) : await limits.admit(identity, trip, budget);
      if (refused !== undefined) return refused;
      if (remember === true) {
        remembered.keep(credential, identity);
        // Informers and guards have their turn with the request that this was asked for.
        return { identity, context: {} };
      }
      const shared = trip.moment === 'look' ? undefined : sightings.note(identity, received.transport, clock.monotonic());
      // Told, not judged: the recorder keeps what it could not write.
      if (shared !== undefined) await trip.conclude('identity.shared', { by: shared.by, one: { ...shared.one }, other: { ...shared.other } }).catch(() => undefined);
      if (!plugins) return { identity, context: {} };
      const bare = Object.freeze({ ...received, identity, context: {} });
      const context = await extensions.inform(bare, trip.signal);
      trip.seen.context = await recordedContext(context);
      const identified = { identity, context };
      return (await extensions.guard('identity', Object.freeze({ ...received, ...identified }), trip.signal)) ?? identified;
    };
}

/** As addresses, since providers write them in more than one way. An identity that says nothing of it was judged by its provider alone. */
function isFor({ audience }: Identity, resource: string): boolean {
  return audience === undefined || audience.some((each) => each === resource || (URL.canParse(each) && new URL(each).href === resource));
}
