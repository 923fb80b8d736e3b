import { callWithSignal } from '../../async/abort-signal.js';
import { checkIdentity } from '../validate-adapter-output.js';
import type { Clock } from '../../async/clock.js';
import { limitRecordedContext } from '../../plugins/recorded-context.js';
import type { RateLimitBucket, CallerRateLimiter } from '../caller-rate-limiter.js';
import type { PluginRegistry } from '../../plugins/plugin-registry.js';
import type { Caller } from '../../gateway.js';
import type { Identified, Identity, RequestKind, Received } from '../../model.js';
import { deny, isStop, type Denied, type Stop } from '../../outcome.js';
import type { Credential, IdentityProvider } from '../../ports.js';
import { IdentityCache } from '../identity-cache.js';
import { SharedIdentityDetector } from '../shared-identity-detector.js';
import type { RequestContext } from '../context.js';

type Added = Pick<Identified, 'identity' | 'context'>;

/** How a request is let in. */
export interface Admission {
  /** Remembers who it was, for the request that follows with the very same credential object. */
  readonly remember?: true;
  /** Lets it in however much its caller asks: ending must always be possible. */
  readonly unlimited?: true;
  /** What it counts for; for asking, unless told. */
  readonly bucket?: RateLimitBucket;
  /** Whether plugins are asked; unless told otherwise they are. Where they are not, none can stand in the way. */
  readonly plugins?: boolean;
}

/** Credential -> principal and actor, if they do not ask too much. The credential goes no further than this. */
export function createIdentityStage(
  provider: IdentityProvider,
  extensions: PluginRegistry,
  clock: Clock,
  limits: CallerRateLimiter,
) {
  const sightings = new SharedIdentityDetector();
  const remembered = new IdentityCache(clock);

  const identify = async (
    credential: Credential,
    resource: string | undefined,
    context: RequestContext,
  ): Promise<Identity | Denied> => {
    if (typeof credential?.token !== 'string' || credential.token === '')
      return deny('UNAUTHENTICATED', undefined, { reason: 'credential.missing' });
    const answer =
      remembered.get(credential) ??
      (await callWithSignal(() => provider.authenticate(credential, context.signal), context.signal));
    if (isStop(answer)) return answer;
    const identity = checkIdentity(answer);
    context.eventFacts.identity = identity;
    if (!(identity.expiresAt > context.at)) return deny('UNAUTHENTICATED', undefined, { reason: 'credential.expired' });
    if (resource !== undefined && !isIssuedFor(identity, resource))
      return deny('UNAUTHENTICATED', undefined, {
        reason: 'token.resource',
        hint: `Get a token for the resource ${resource}.`,
      });
    return identity;
  };

  return (
    { credential, resource }: Caller,
    { remember, unlimited: always, bucket: budget = 'asking', plugins = true }: Admission = {},
  ) =>
    async <M extends RequestKind>(received: Received<M>, requestContext: RequestContext): Promise<Added | Stop> => {
      const identity = await identify(credential, resource, requestContext);
      if ('status' in identity) {
        if (identity.code === 'UNAUTHENTICATED') limits.recordUnauthenticated(identity, requestContext);
        return identity;
      }
      const counted = remembered.takeCounted(credential);
      const refused =
        always === true
          ? undefined
          : counted
            ? limits.acquireSlot(identity, requestContext, budget)
            : await limits.admit(identity, requestContext, budget);
      if (refused !== undefined) return refused;
      if (remember === true) {
        remembered.set(credential, identity);
        // Informers and guards have their turn with the request that this was asked for.
        return { identity, context: {} };
      }
      const shared =
        requestContext.requestKind === 'look'
          ? undefined
          : sightings.observe(identity, received.transport, clock.monotonic());
      // Told, not judged: the recorder keeps what it could not write.
      if (shared !== undefined)
        await requestContext
          .recordEvent('identity.shared', { by: shared.by, one: { ...shared.one }, other: { ...shared.other } })
          .catch(() => undefined);
      if (!plugins) return { identity, context: {} };
      const bare = Object.freeze({ ...received, identity, context: {} });
      const context = await extensions.runInformers(bare, requestContext.signal);
      requestContext.eventFacts.context = await limitRecordedContext(context);
      const identified = { identity, context };
      return (
        (await extensions.runGuards(
          'identity',
          Object.freeze({ ...received, ...identified }),
          requestContext.signal,
        )) ?? identified
      );
    };
}

/**
 * As addresses, since providers write them in more than one way. An identity that says nothing of it was judged by its
 * provider alone.
 */
function isIssuedFor({ audience }: Identity, resource: string): boolean {
  return (
    audience === undefined ||
    audience.some((each) => each === resource || (URL.canParse(each) && new URL(each).href === resource))
  );
}
