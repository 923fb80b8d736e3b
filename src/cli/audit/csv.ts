import { UsageError } from '../exit.js';

/** Longest record taken, UTF-16 units: Snowflake's query text ends at 100,000 characters. */
const longest = 4 * 1024 * 1024;

/** The records of a CSV text (RFC 4180: fields may be quoted and hold commas, newlines and doubled quotes), as they are asked for. Throws UsageError for one that breaks it. */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  const reader = new Reader();
  for await (const chunk of chunks) yield* reader.take(chunk);
  yield* reader.end();
}

class Reader {
  #fields: string[] = [];
  #field = '';
  /** `bare`: in a field without quotes, or before one. `quoted`: inside quotes. `closed`: behind a quote that ends them, or is the first of two. */
  #state: 'bare' | 'quoted' | 'closed' = 'bare';
  #size = 0;
  #record = 1;

  *take(chunk: string): Generator<readonly string[]> {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const unit = chunk[at] as string;
      if (this.#state === 'quoted' ? unit !== '"' : unit !== '"' && unit !== ',' && unit !== '\n') continue;
      this.#add(chunk.slice(from, at));
      from = at + 1;
      if (unit === '"') this.#quote();
      else if (unit === ',') this.#next();
      else yield this.#whole();
    }
    this.#add(chunk.slice(from));
  }

  *end(): Generator<readonly string[]> {
    if (this.#state === 'quoted') throw this.#broken('its quotes are not closed');
    if (this.#fields.length > 0 || this.#field !== '') yield this.#whole();
  }

  #add(text: string): void {
    if (text === '') return;
    if (this.#state === 'closed' && text !== '\r') throw this.#broken('there is text behind a closing quote');
    this.#size += text.length;
    if (this.#size > longest) throw this.#broken('it is too long');
    this.#field += text;
  }

  #quote(): void {
    if (this.#state === 'quoted') this.#state = 'closed';
    else if (this.#state === 'closed') [this.#state, this.#field] = ['quoted', `${this.#field}"`];
    else if (this.#field === '') this.#state = 'quoted';
    else throw this.#broken('there is a quote inside a field that is not quoted');
  }

  #next(): void {
    this.#fields.push(this.#field);
    [this.#field, this.#state] = ['', 'bare'];
  }

  #whole(): readonly string[] {
    if (this.#field.endsWith('\r')) this.#field = this.#field.slice(0, -1);
    this.#next();
    const fields = this.#fields;
    [this.#fields, this.#size] = [[], 0];
    this.#record += 1;
    return fields;
  }

  #broken(why: string): UsageError {
    return new UsageError(`the history: record ${this.#record}: ${why}`);
  }
}
