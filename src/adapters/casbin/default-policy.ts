import { AccessError, readOptions, type OptionNames } from '../../core/index.js';
import type { PolicyText } from './lint-policy.js';

/** Whom the default policy is about. */
export interface DefaultPolicyOptions {
  /** The name the connection is registered by. */
  readonly connection: string;
  /** What may be asked for, `DATABASE.SCHEMA` in stored case. */
  readonly schemas: readonly string[];
  /** Agents, and the people whom they work for: `<issuer name>:<sub>` each. Both must be named. */
  readonly users: readonly string[];
  /** People who decide on what is held, oversee sessions and review break-glass sessions. */
  readonly reviewers: readonly string[];
  /** What consent takes, in the words of the `approval` obligation: `role:reviewers/1/15m` unless told. */
  readonly approval?: string;
}

/** Statements that change nothing, and those that wait for people. Of any other kind the silence denies. */
const [unapprovedKinds, approvedKinds] = [
  ['read', 'metadata'],
  ['write', 'ddl'],
] as const;

const optionNames: OptionNames<DefaultPolicyOptions> = {
  connection: true,
  schemas: true,
  users: true,
  reviewers: true,
  approval: true,
};

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/**
 * A policy to begin with: reads and metadata run, every other statement waits for a reviewer, in the schemas that are
 * named and nowhere else.
 * It is CSV as in a file, to be kept and changed. Throws CONFIG_INVALID where nobody or nothing is named; `casbin`
 * refuses what it cannot use.
 */
export function defaultPolicy(options: DefaultPolicyOptions): PolicyText {
  const {
    connection,
    schemas,
    users,
    reviewers,
    approval = 'role:reviewers/1/15m',
  } = readOptions<DefaultPolicyOptions>(options, optionNames, 'defaultPolicy');
  for (const [name, all] of Object.entries({ schemas, users, reviewers }))
    if (!isStringList(all)) throw new AccessError('CONFIG_INVALID', `defaultPolicy: ${name} must be a list of texts`);
  if (!isStringList([connection, approval]))
    throw new AccessError('CONFIG_INVALID', 'defaultPolicy: connection and approval must be texts');
  for (const [name, all] of Object.entries({ schemas, users, reviewers }))
    if (all.length === 0) throw new AccessError('CONFIG_INVALID', `the default policy needs ${name}`);
  // A line of its own would be a rule of its own.
  if ([connection, approval, ...schemas, ...users, ...reviewers].some((each) => /[\r\n]/.test(each)))
    throw new AccessError('CONFIG_INVALID', 'the default policy takes no line breaks');
  const rule = (role: string, object: string, action: string, obligations = ''): string =>
    `p, role:${role}, ${connection}, ${object}, ${action}, allow, ${obligations}, ${role}-${action.replace(':', '-')} ${object}`;
  const rows = [
    ...users.map((user) => `g, ${user}, role:users, ${connection}`),
    ...reviewers.map((reviewer) => `g, ${reviewer}, role:reviewers, ${connection}`),
    ...schemas.flatMap((schema) => [
      ...['open:read', 'open:write', ...unapprovedKinds].map((action) => rule('users', schema, action)),
      ...approvedKinds.map((action) => rule('users', schema, action, `approval=${approval}`)),
      ...unapprovedKinds.map((action) => rule('users', `${schema}.*`, action)),
      ...approvedKinds.map((action) => rule('users', `${schema}.*`, action, `approval=${approval}`)),
      ...approvedKinds.flatMap((action) => [
        rule('reviewers', schema, `review:${action}`),
        rule('reviewers', `${schema}.*`, `review:${action}`),
      ]),
      rule('reviewers', schema, 'oversee'),
    ]),
  ];
  return { name: 'default policy', text: `${rows.join('\n')}\n` };
}
