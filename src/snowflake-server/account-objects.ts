import { serverErrors } from './server-error.js';

/**
 * What an account has besides data, users and roles: it is made, changed and described; of what it does elsewhere,
 * little is done here.
 */
export const objectKinds = [
  'RESOURCE MONITOR',
  'WAREHOUSE',
  'NETWORK RULE',
  'NETWORK POLICY',
  'SESSION POLICY',
  'AUTHENTICATION POLICY',
  'RESTRICTED SESSION SCOPE',
  'SECURITY INTEGRATION',
] as const;

export type AccountObjectKind = (typeof objectKinds)[number];
export type ObjectProperties = ReadonlyMap<string, string | readonly string[]>;

/** By kind and name, `DATABASE.SCHEMA.NAME` where they live in a schema. */
export class AccountObjects {
  readonly #objects = new Map<AccountObjectKind, Map<string, ObjectProperties>>(
    objectKinds.map((kind) => [kind, new Map()]),
  );

  has(kind: AccountObjectKind, name: string): boolean {
    return this.#byKind(kind).has(name);
  }

  /** Throws Failure where there is none. */
  get(kind: AccountObjectKind, name: string): ObjectProperties {
    const properties = this.#byKind(kind).get(name);
    if (properties === undefined) throw serverErrors.absent(formatKind(kind), name);
    return properties;
  }

  all(kind: AccountObjectKind): readonly (readonly [string, ObjectProperties])[] {
    return [...this.#byKind(kind)];
  }

  set(kind: AccountObjectKind, name: string, properties: ObjectProperties): void {
    this.#byKind(kind).set(name, properties);
  }

  #byKind(kind: AccountObjectKind): Map<string, ObjectProperties> {
    return this.#objects.get(kind) as Map<string, ObjectProperties>;
  }
}

/** One property as a text. */
export function getTextProperty(properties: ObjectProperties, name: string): string | undefined {
  const value = properties.get(name);
  return value === undefined || typeof value === 'string' ? value : value.join(',');
}

/** One property as a list. */
export function getListProperty(properties: ObjectProperties, name: string): readonly string[] {
  const value = properties.get(name) ?? [];
  return typeof value === 'string' ? [value] : value;
}

function formatKind(kind: AccountObjectKind): string {
  return `${kind.charAt(0)}${kind.slice(1).toLowerCase()}`;
}
