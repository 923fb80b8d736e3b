import { createSeededRandom } from '../../support/seeded-random.js';

/** Statements on few tables with many spellings, each the same for the same seed. */
export function* statements(seed: number, count: number): Generator<string> {
  const draw = createSeededRandom(seed);
  const random = (): number => draw() / 2 ** 32;
  for (let at = 0; at < count; at += 1) yield new Writer(random).statement();
}

const pool = ['ORDERS', 'SECRETS', 'Mixed', 'PAID', 'SEEN'];
/** Names that DuckDB knows, and no object of the schema has. */
const strange = ['HIDDEN', 'sqlite_master', 'duckdb_tables', 'secrets', 'orders'];
const strings = [
  `'a'`,
  `'it''s'`,
  String.raw`'x\' UNION ALL SELECT A, B FROM SECRETS --'`,
  String.raw`'\\'`,
  String.raw`'\\'' FROM SECRETS --'`,
  `$$ ' FROM SECRETS -- $$`,
  String.raw`'\n"'`,
  `'/* '`,
  `'"SECRETS"'`,
];

class Writer {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  statement(): string {
    const query = this.#query(3);
    switch (this.#below(10)) {
      case 0:
        return `INSERT INTO ${this.#name()} ${query}`;
      case 1:
        return `DELETE FROM ${this.#name()} WHERE A IN (SELECT A FROM (${query}) AS q)`;
      case 2:
        return `UPDATE ${this.#name()} SET A = 1 WHERE EXISTS (${query})`;
      case 3:
        return `CREATE VIEW MADE AS ${query}`;
      case 4:
        return `CREATE TABLE MADE AS ${query}`;
      case 5:
        return `MERGE INTO ${this.#name()} AS target USING (${query}) AS source ON target.A = source.A WHEN MATCHED THEN DELETE`;
      default:
        return query;
    }
  }

  #query(depth: number): string {
    const ctes =
      depth > 0 && this.#below(3) === 0 ? Array.from({ length: 1 + this.#below(2) }, () => this.#cte(depth - 1)) : [];
    const head = ctes.length === 0 ? '' : `WITH ${this.#below(6) === 0 ? 'RECURSIVE ' : ''}${ctes.join(', ')} `;
    return `${head}${this.#select(depth)}${depth > 0 && this.#below(5) === 0 ? ` UNION ALL ${this.#select(depth - 1)}` : ''}`;
  }

  #cte(depth: number): string {
    const name = this.#spelled(pool[this.#below(3)] as string);
    if (this.#below(3) > 0) return `${name} AS (${this.#query(depth)})`;
    return `${name} AS (SELECT 1 AS A, 'x' AS B UNION ALL SELECT A + 1, B FROM ${this.#below(4) === 0 ? this.#name() : name} WHERE A < 3)`;
  }

  #select(depth: number): string {
    const more = depth > 0 && this.#below(3) === 0 ? ` JOIN ${this.#from(depth - 1)} AS u ON t.A = u.A` : '';
    const where = depth > 0 && this.#below(4) === 0 ? ` WHERE ${this.#condition(depth - 1)}` : '';
    const value = this.#below(3) === 0 ? (strings[this.#below(strings.length)] as string) : 't.B';
    return `SELECT t.A, ${value} AS B FROM ${this.#from(depth)} AS t${more}${where}`;
  }

  #condition(depth: number): string {
    return this.#below(2) === 0
      ? `EXISTS (${this.#query(depth)})`
      : `t.A IN (SELECT A FROM (${this.#query(depth)}) AS s)`;
  }

  #from(depth: number): string {
    return depth > 0 && this.#below(5) === 0 ? `(${this.#query(depth - 1)})` : this.#name();
  }

  #name(): string {
    const name =
      this.#below(25) === 0
        ? `"${strange[this.#below(strange.length)]}"`
        : this.#spelled(pool[this.#below(pool.length)] as string);
    const before = this.#below(4);
    return before === 0 ? `ops.${name}` : before === 1 ? `W."OPS".${name}` : name;
  }

  #spelled(name: string): string {
    switch (this.#below(4)) {
      case 0:
        return `"${name}"`;
      case 1:
        return this.#below(12) === 0 ? `"${name.toLowerCase()}"` : this.#plain(name.toUpperCase());
      case 2:
        return this.#plain(name.toLowerCase());
      default:
        return this.#plain(name);
    }
  }

  /** Most often so that it is the table of that name. */
  #plain(name: string): string {
    return /^mixed$/i.test(name) && this.#below(10) > 0 ? '"Mixed"' : name;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }
}
