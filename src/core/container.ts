import 'reflect-metadata';
import { container as everywhere, type DependencyContainer } from 'tsyringe';
import type { ApprovalOptions } from './approvals/options.js';
import type { Clock } from './async/clock.js';
import { Disposal } from './async/disposal.js';
import { AccessError } from './errors.js';
import type { GatewayLimits } from './gateway.js';
import type { Grant } from './model.js';
import type { Plugin } from './plugin.js';
import type { StartCheckOptions } from './async/start-check.js';
import type { Analyzer, Approver, AuditLog, Connector, IdentityProvider, PolicyDecisionPoint } from './ports.js';

/** The application's own container, where it has one. */
export type Container = DependencyContainer;

/** A typed name in a container. Equal in every copy of this package. */
export type Token<T> = symbol & { readonly type?: T };

/** Everything a gateway is built from. */
export interface Parts {
  /** Registered targets by the name that callers ask for. */
  readonly connections: Readonly<Record<string, Connector>>;
  readonly identity: IdentityProvider;
  readonly policy: PolicyDecisionPoint;
  readonly analyzer: Analyzer;
  readonly audit: AuditLog;
  /** Other people's way of agreeing; or `approvals`. */
  readonly approver: Approver;
  readonly approvals: ApprovalOptions;
  readonly plugins: readonly Plugin[];
  readonly limits: Partial<GatewayLimits>;
  /** How each part is tried before the gateway starts; `false`: not at all. */
  readonly startCheck: false | StartCheckOptions;
  readonly clock: Clock;
}

const createToken = <T>(name: string): Token<T> => Symbol.for(`sallyport.${name}`);

/** The names under which a container holds the parts of a gateway, and in a session's own container its grant. */
export const tokens: { readonly [Name in keyof Parts]: Token<Parts[Name]> } & { readonly grant: Token<Grant> } = {
  connections: createToken('connections'),
  identity: createToken('identity'),
  policy: createToken('policy'),
  analyzer: createToken('analyzer'),
  audit: createToken('audit'),
  approver: createToken('approver'),
  approvals: createToken('approvals'),
  plugins: createToken('plugins'),
  limits: createToken('limits'),
  startCheck: createToken('startCheck'),
  clock: createToken('clock'),
  grant: createToken('grant'),
};

/** Registers a built value under its token. Throws CONFIG_DUPLICATE where this container has one already. */
export function provide<T>(container: DependencyContainer, name: Token<T>, value: T): void {
  if (container.isRegistered(name))
    throw new AccessError('CONFIG_DUPLICATE', `${name.description ?? 'a part'} is registered twice`);
  container.register<T>(name, { useValue: value });
}

/**
 * The gateway's own container: every part as a built value. What the application's container holds comes before what
 * `parts` says.
 */
export function createRootContainer(
  parts: Partial<Parts>,
  given: DependencyContainer | undefined,
): DependencyContainer {
  const root = (given ?? everywhere).createChildContainer();
  for (const name of Object.keys(tokens) as (keyof typeof tokens)[]) {
    if (name === 'grant') continue;
    const value = given === undefined ? parts[name] : (resolveRegistered<unknown>(given, tokens[name]) ?? parts[name]);
    if (value !== undefined) root.register<unknown>(tokens[name], { useValue: value });
  }
  return root;
}

function resolveRegistered<T>(container: DependencyContainer, name: Token<T>): T | undefined {
  if (!container.isRegistered(name, true)) return undefined;
  const all = container.resolveAll<T>(name);
  if (all.length > 1) throw new AccessError('CONFIG_DUPLICATE', `${name.description ?? 'a part'} is registered twice`);
  return all[0];
}

/** The part a container holds, or undefined. */
export function resolvePart<Name extends keyof Parts>(
  container: DependencyContainer,
  name: Name,
): Parts[Name] | undefined {
  return container.isRegistered(tokens[name]) ? container.resolve<Parts[Name]>(tokens[name]) : undefined;
}

/** All parts a container holds. */
export function resolveParts(container: DependencyContainer): Partial<Parts> {
  const names = Object.keys(tokens).filter((name) => name !== 'grant') as (keyof Parts)[];
  return Object.fromEntries(names.map((name) => [name, resolvePart(container, name)]));
}

/** A child container for one session, with its grant; disposed with what the session owns, in reverse. */
export function createSessionDisposal(root: DependencyContainer, grant: Grant): Disposal {
  const child = root.createChildContainer();
  provide(child, tokens.grant, grant);
  const home = new Disposal('the session');
  home.add(async () => {
    await child.dispose();
  });
  return home;
}
