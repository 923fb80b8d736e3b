import { failures } from './failure.js';

/** What an account has besides data, users and roles: it is made, changed and described; of what it does elsewhere, little is done here. */
export const kinds = [
  'RESOURCE MONITOR', 'WAREHOUSE', 'NETWORK RULE', 'NETWORK POLICY', 'SESSION POLICY', 'AUTHENTICATION POLICY', 'RESTRICTED SESSION SCOPE', 'SECURITY INTEGRATION',
] as const;

export type Kind = (typeof kinds)[number];
export type Properties = ReadonlyMap<string, string | readonly string[]>;

/** By kind and name, `DATABASE.SCHEMA.NAME` where they live in a schema. */
export class Things {
  readonly #all = new Map<Kind, Map<string, Properties>>(kinds.map((kind) => [kind, new Map()]));

  has(kind: Kind, name: string): boolean {
    return this.#of(kind).has(name);
  }

  /** Throws Failure where there is none. */
  get(kind: Kind, name: string): Properties {
    const properties = this.#of(kind).get(name);
    if (properties === undefined) throw failures.absent(titled(kind), name);
    return properties;
  }

  all(kind: Kind): readonly (readonly [string, Properties])[] {
    return [...this.#of(kind)];
  }

  set(kind: Kind, name: string, properties: Properties): void {
    this.#of(kind).set(name, properties);
  }

  #of(kind: Kind): Map<string, Properties> {
    return this.#all.get(kind) as Map<string, Properties>;
  }
}

/** One property as a text. */
export function textOf(properties: Properties, name: string): string | undefined {
  const value = properties.get(name);
  return value === undefined || typeof value === 'string' ? value : value.join(',');
}

/** One property as a list. */
export function listOf(properties: Properties, name: string): readonly string[] {
  const value = properties.get(name) ?? [];
  return typeof value === 'string' ? [value] : value;
}

function titled(kind: Kind): string {
  return `${kind.charAt(0)}${kind.slice(1).toLowerCase()}`;
}
