import { UsageError } from '../exit-codes.js';

/** Longest record taken, UTF-16 units: Snowflake's query text ends at 100,000 characters. */
const maxRecordLength = 4 * 1024 * 1024;

/**
 * The records of a CSV text (RFC 4180: fields may be quoted and hold commas, newlines and doubled quotes), as they are
 * asked for. Throws UsageError for one that breaks it.
 */
export async function* parseCsv(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  const reader = new CsvParser();
  for await (const chunk of chunks) yield* reader.feed(chunk);
  yield* reader.end();
}

class CsvParser {
  #fields: string[] = [];
  #field = '';
  /**
   * `bare`: in a field without quotes, or before one. `quoted`: inside quotes. `closed`: behind a quote that ends them,
   * or is the first of two.
   */
  #state: 'bare' | 'quoted' | 'closed' = 'bare';
  #size = 0;
  #record = 1;

  *feed(chunk: string): Generator<readonly string[]> {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const unit = chunk[at] as string;
      if (this.#state === 'quoted' ? unit !== '"' : unit !== '"' && unit !== ',' && unit !== '\n') continue;
      this.#add(chunk.slice(from, at));
      from = at + 1;
      if (unit === '"') this.#quote();
      else if (unit === ',') this.#next();
      else yield this.#finishRecord();
    }
    this.#add(chunk.slice(from));
  }

  *end(): Generator<readonly string[]> {
    if (this.#state === 'quoted') throw this.#createError('its quotes are not closed');
    if (this.#fields.length > 0 || this.#field !== '') yield this.#finishRecord();
  }

  #add(text: string): void {
    if (text === '') return;
    if (this.#state === 'closed' && text !== '\r') throw this.#createError('there is text behind a closing quote');
    this.#size += text.length;
    if (this.#size > maxRecordLength) throw this.#createError('it is too long');
    this.#field += text;
  }

  #quote(): void {
    if (this.#state === 'quoted') this.#state = 'closed';
    else if (this.#state === 'closed') [this.#state, this.#field] = ['quoted', `${this.#field}"`];
    else if (this.#field === '') this.#state = 'quoted';
    else throw this.#createError('there is a quote inside a field that is not quoted');
  }

  #next(): void {
    this.#fields.push(this.#field);
    [this.#field, this.#state] = ['', 'bare'];
  }

  #finishRecord(): readonly string[] {
    if (this.#field.endsWith('\r')) this.#field = this.#field.slice(0, -1);
    this.#next();
    const fields = this.#fields;
    [this.#fields, this.#size] = [[], 0];
    this.#record += 1;
    return fields;
  }

  #createError(why: string): UsageError {
    return new UsageError(`the history: record ${this.#record}: ${why}`);
  }
}
