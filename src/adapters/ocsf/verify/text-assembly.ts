import { createHash, type Hash } from 'node:crypto';
import type { TextLine } from '../parse/text-line.js';
import type { NamedTexts, TextRole, EventClaims } from '../parse/event-claims.js';
import type { LinePosition } from './report.js';

/** An event that names texts, as far as they are held against it. */
export interface NamingEvent extends Pick<
  EventClaims,
  'chain' | 'sequence' | 'id' | 'code' | 'at' | 'session' | 'statement'
> {
  readonly texts: NamedTexts;
  readonly position: LinePosition;
}

/** A line of a text, without the text. */
export interface TextPart extends Omit<TextLine, 'text'> {
  readonly position: LinePosition;
}

/** The lines of one text: of one event in one role. The text itself is not kept, only what is to be hashed yet. */
export class TextAssembly {
  readonly event: string;
  readonly role: TextRole;
  readonly parts: TextPart[] = [];
  readonly #salt: string;
  readonly #hash: Hash;
  readonly #pendingParts = new Map<number, string>();
  readonly #faulty = new Set<TextPart>();
  #next = 1;

  constructor({ event, role, salt = '' }: TextLine) {
    this.event = event;
    this.role = role;
    this.#salt = salt;
    this.#hash = createHash('sha256').update(salt);
  }

  /** A line that was not there yet. */
  add({ text, ...line }: TextLine, place: LinePosition): void {
    this.parts.push({ ...line, position: place });
    this.#pendingParts.set(line.part, text);
    for (let next = this.#pendingParts.get(this.#next); next !== undefined; next = this.#pendingParts.get(this.#next)) {
      this.#hash.update(next);
      this.#pendingParts.delete(this.#next);
      this.#next += 1;
    }
  }

  /**
   * The lines that are not what their event says, each told once; and whether the whole text is here and is what it
   * says.
   */
  check(owner: NamingEvent): { readonly faulty: readonly TextPart[]; readonly proven: boolean } {
    const named = owner.texts[this.role];
    const fresh = this.parts.filter(
      (part) => !this.#faulty.has(part) && (named === undefined || !this.#fits(part, owner, named.parts)),
    );
    for (const each of fresh) this.#faulty.add(each);
    const isWhole = named !== undefined && this.#faulty.size === 0 && this.#next > named.parts;
    if (!isWhole) return { faulty: fresh, proven: false };
    const proven = this.#hash.copy().digest('hex') === named.sha256;
    const [first] = this.parts;
    if (!proven && first !== undefined) this.#faulty.add(first);
    return { faulty: proven || first === undefined ? [] : [first], proven };
  }

  /** All its parts were read, whatever they say. */
  isComplete(parts: number): boolean {
    return this.#next > parts;
  }

  #fits({ of, at, session, statement, salt }: TextPart, owner: NamingEvent, parts: number): boolean {
    return (
      of === parts &&
      at === owner.at &&
      session === owner.session &&
      statement === owner.statement &&
      salt === this.#salt
    );
  }
}
