import { createHash, type Hash } from 'node:crypto';
import type { TextLine } from '../reading/text-line.js';
import type { NamedTexts, TextRole, Told } from '../reading/told.js';
import type { Place } from './report.js';

/** An event that names texts, as far as they are held against it. */
export interface Owner extends Pick<Told, 'chain' | 'sequence' | 'id' | 'code' | 'at' | 'session' | 'statement'> {
  readonly texts: NamedTexts;
  readonly place: Place;
}

/** A line of a text, without the text. */
export interface Part extends Omit<TextLine, 'text'> {
  readonly place: Place;
}

/** The lines of one text: of one event in one role. The text itself is not kept, only what is to be hashed yet. */
export class Wording {
  readonly event: string;
  readonly role: TextRole;
  readonly parts: Part[] = [];
  readonly #salt: string;
  readonly #hash: Hash;
  readonly #early = new Map<number, string>();
  readonly #faulty = new Set<Part>();
  #next = 1;

  constructor({ event, role, salt = '' }: TextLine) {
    this.event = event;
    this.role = role;
    this.#salt = salt;
    this.#hash = createHash('sha256').update(salt);
  }

  /** A line that was not there yet. */
  add({ text, ...line }: TextLine, place: Place): void {
    this.parts.push({ ...line, place });
    this.#early.set(line.part, text);
    for (let next = this.#early.get(this.#next); next !== undefined; next = this.#early.get(this.#next)) {
      this.#hash.update(next);
      this.#early.delete(this.#next);
      this.#next += 1;
    }
  }

  /** The lines that are not what their event says, each told once; and whether the whole text is here and is what it says. */
  check(owner: Owner): { readonly faulty: readonly Part[]; readonly proven: boolean } {
    const named = owner.texts[this.role];
    const fresh = this.parts.filter((part) => !this.#faulty.has(part) && (named === undefined || !this.#fits(part, owner, named.parts)));
    for (const each of fresh) this.#faulty.add(each);
    const isWhole = named !== undefined && this.#faulty.size === 0 && this.#next > named.parts;
    if (!isWhole) return { faulty: fresh, proven: false };
    const proven = this.#hash.copy().digest('hex') === named.sha256;
    const [first] = this.parts;
    if (!proven && first !== undefined) this.#faulty.add(first);
    return { faulty: proven || first === undefined ? [] : [first], proven };
  }

  #fits({ of, at, session, statement, salt }: Part, owner: Owner, parts: number): boolean {
    return of === parts && at === owner.at && session === owner.session && statement === owner.statement && salt === this.#salt;
  }
}
