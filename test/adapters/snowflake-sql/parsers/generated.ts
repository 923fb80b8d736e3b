import { createSeededRandom } from '../../../support/seeded-random.js';
import { integer, noBias, type Arbitrary } from 'fast-check';

/** A query, and what it reads by the rules of names alone: found while it was written, without any parser. */
export interface Generated {
  readonly sql: string;
  readonly reads: ReadonlySet<string>;
}

/** How names are spelled, and the one stored name each stands for; several spell the same, some only nearly. */
const names = [
  'orders',
  'ORDERS',
  '"ORDERS"',
  '"orders"',
  'Items',
  '"Items"',
  'x',
  '"x"',
  'rank',
  'count',
  't1',
  'T1',
  '"select"',
  '"a.b"',
  '"é"',
];
const prefixes = ['', '', '', '', 's.', 'db.s.', '"S".', '"s".', '"D b".s.'];

const fold = (name: string): string =>
  name
    .split(/(?<=^(?:[^"]|"[^"]*")*)\./)
    .map((part) => (part.startsWith('"') ? part.slice(1, -1) : part.toUpperCase()))
    .join('\u0000');
const show = (name: string): string =>
  fold(name)
    .split('\u0000')
    .map((part) => (/^[A-Z_][A-Z0-9_$]*$/.test(part) ? part : `"${part}"`))
    .join('.');

class Writer {
  readonly reads = new Set<string>();
  private readonly draw: (to: number) => number;
  private left = 24;

  constructor(draw: (to: number) => number) {
    this.draw = draw;
  }

  /** `term` is what the last operand of a UNION ALL sees, where the query is the whole body of a CTE. */
  query(depth: number, visible: readonly string[], term = visible): string {
    const { ctes, inside } =
      this.chance(3) && depth > 0 ? this.with(depth - 1, visible) : { ctes: '', inside: visible };
    const first = this.select(depth, inside);
    if (!this.chance(4)) return ctes + first;
    const operator = this.pick(['union all', 'union', 'intersect', 'except', 'minus']);
    const last = operator === 'union all' && ctes === '' ? term : inside;
    return `${ctes}${first} ${operator} ${this.chance(2) ? `(${this.query(depth - 1, last)})` : this.select(depth - 1, last)}`;
  }

  /**
   * A name is visible after its definition, and in its own body in the last operand of a UNION ALL, with RECURSIVE or
   * not.
   */
  private with(depth: number, visible: readonly string[]): { ctes: string; inside: readonly string[] } {
    const recursive = this.chance(4);
    const definitions: string[] = [];
    let inside = visible;
    for (let count = this.up(3); count >= 0; count--) {
      const name = this.pick(names);
      const known = [...inside, fold(name)];
      const body = this.chance(4)
        ? `${this.select(depth, inside)} union all ${this.select(depth, known)}`
        : this.query(depth, inside, known);
      definitions.push(`${name}${this.pick(['', '', ' (a)', ' (a, "b")'])} as (${body})`);
      inside = known;
    }
    return { ctes: `with ${recursive ? 'recursive ' : ''}${definitions.join(', ')} `, inside };
  }

  private select(depth: number, visible: readonly string[]): string {
    const e = (): string => this.expression(depth, visible);
    const clauses = [
      `select ${this.pick(['', 'distinct '])}${e()} as c, ${e()}`,
      `from ${this.from(depth, visible)}`,
      this.chance(2) ? `where ${e()} = ${e()}` : '',
      this.chance(6) ? `group by ${e()} having ${e()} > 1` : '',
      this.chance(6) ? `qualify row_number() over (partition by ${e()} order by ${e()}) = 1` : '',
    ];
    return clauses.filter((clause) => clause !== '').join(' ');
  }

  private from(depth: number, visible: readonly string[]): string {
    const first = this.source(depth, visible);
    if (!this.chance(2)) return first;
    const e = (): string => this.expression(depth, visible);
    const join = this.pick([', ', ' cross join ', ' natural join ', ` left join `, ' full outer join ', ' asof join ']);
    if (join === ' asof join ')
      return `${first}${join}${this.relation(visible)} match_condition (p.x >= q.x) on p.k = ${e()}`;
    const second = this.source(depth, visible);
    return `${first}${join}${second}${/left|full/.test(join) ? ` on ${e()} = 1` : ''}`;
  }

  private source(depth: number, visible: readonly string[]): string {
    const alias = `z${this.up(99)}`;
    if (depth <= 0 || this.left <= 0) return `${this.relation(visible)} ${alias}`;
    const shapes: readonly (() => string)[] = [
      () => this.relation(visible),
      () => `${this.relation(visible)} as ${alias}`,
      () => `${this.relation(visible)} at (offset => ${this.expression(depth - 1, visible)}) ${alias}`,
      () => `(${this.query(depth - 1, visible)}) ${alias}`,
      () => `lateral (${this.query(depth - 1, visible)}) ${alias}`,
      () => `lateral flatten(input => ${this.expression(depth - 1, visible)}) ${alias}`,
      () => `table(flatten(input => ${this.expression(depth - 1, visible)})) ${alias}`,
      () => `(values (1, ${this.expression(depth - 1, visible)})) ${alias}`,
      () => `(${this.relation(visible)} join ${this.relation(visible)} on ${this.expression(depth - 1, visible)} = 1)`,
      () => `${this.relation(visible)} pivot (sum(a) for b in (${this.query(depth - 1, visible)})) ${alias}`,
      () => `${this.relation(visible)} unpivot (a for b in (c, d)) ${alias}`,
      () => `${this.relation(visible)} ${alias} sample (10)`,
      () =>
        `${this.relation(visible)} match_recognize (order by a measures max(${this.expression(depth - 1, visible)}) as m pattern (x y+) define x as a > ${this.expression(depth - 1, visible)}) ${alias}`,
      () =>
        `(${this.query(depth - 1, visible)}) match_recognize (order by a measures match_number() as m pattern (x) define x as true) ${alias}`,
    ];
    return this.pick(shapes)();
  }

  private relation(visible: readonly string[]): string {
    const name = this.pick(prefixes) + this.pick(names);
    if (!visible.includes(fold(name))) this.reads.add(show(name));
    return name;
  }

  private expression(depth: number, visible: readonly string[]): string {
    if (depth <= 0 || this.left-- <= 0) return this.pick(['1', "'x'", 'a', 'z.b', 'v:p.q::int', 'null', '?']);
    const e = (): string => this.expression(depth - 1, visible);
    const q = (): string => this.query(depth - 1, visible);
    const shapes: readonly (() => string)[] = [
      () => e(),
      () => e(),
      () => `(${q()})`,
      () => `coalesce(${e()}, ${e()})`,
      () => `"F"(${e()})`,
      () => `s.f(${e()})`,
      () => `case when ${e()} = 1 then ${e()} else ${e()} end`,
      () => `exists (${q()})`,
      () => `(${e()} in (${q()}))`,
      () => `(a in (${e()}, ${e()}))`,
      () => `(a = any (${q()}))`,
      () => `cast(${e()} as int)`,
      () => `(${e()})::varchar(3)`,
      () => `v[${e()}]`,
      () => `{'k': ${e()}}`,
      () => `[${e()}, 1]`,
      () => `sum(${e()}) over (partition by ${e()} order by ${e()})`,
      () => `listagg(${e()}, ',') within group (order by ${e()})`,
      () => `(a between ${e()} and ${e()})`,
      () => `(a like ${e()})`,
      () => `iff(a is null, ${e()}, 2)`,
      () => `transform(v, x -> x + ${e()})`,
      () => `count(distinct ${e()})`,
      () => `(- ${e()})`,
      () => `(not ${e()})`,
      () => `(nvl(${e()}, 1) || ${e()})`,
      () => `array_agg(${e()})`,
      () => `dateadd(day, ${e()}, current_date)`,
    ];
    return this.pick(shapes)();
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.up(from.length - 1)] as T;
  }

  private up(to: number): number {
    return this.draw(to);
  }

  /** One time in so many. */
  private chance(of: number): boolean {
    return this.up(of - 1) === 0;
  }
}

/** Numbers from 0 to what is asked for, always the same for a seed. */
function dice(seed: number): (to: number) => number {
  const draw = createSeededRandom(seed);
  return (to) => draw() % (to + 1);
}

/** Queries with relations in every clause, CTEs that shadow them, and names that spell nearly the same. */
export const query: Arbitrary<Generated> = noBias(integer()).map((seed) => {
  const writer = new Writer(dice(seed));
  return { sql: writer.query(3, []), reads: writer.reads };
});
