import { AccessError, type ChainHead, type RecordedLine } from '../../core/index.js';
import type { FileLine } from './file-lines.js';
import { formatSegmentName } from './segment.js';
import type { DurablePosition } from './durable-mark.js';

/** What is known of the end of a segment before it is read. */
export interface TailContext {
  readonly segment: number;
  /** Only behind its last group may be what was never acknowledged. */
  readonly isLast: boolean;
  /** How far the run that wrote it surely got; undefined where it did not say. */
  readonly mark: DurablePosition | undefined;
  /** A group ends with the event that reaches this size. */
  readonly batchBytes: number;
}

/** Events and checkpoints that are written and synced together at most. */
const maxItems = 256;

/**
 * What begins with a line that cannot be read. It was never acknowledged where it can be the last group that was
 * written: groups come one behind the other, so that only
 * the last one may have been under way when the power went. Whatever more there is proves that a sync came between.
 */
export class DamagedTail {
  readonly offset: number;
  readonly #ending: TailContext;
  readonly #number: number;
  readonly #before: ChainHead | undefined;
  #items = 0;
  #itemAt: number;

  /**
   * Throws CONFIG_INVALID where the line was acknowledged. `number` is the line's, from 1; `before` the head that it
   * would follow.
   */
  constructor(ending: TailContext, { offset }: FileLine, number: number, before: ChainHead | undefined) {
    this.offset = offset;
    this.#ending = ending;
    this.#number = number;
    this.#before = before;
    this.#itemAt = offset;
    const { mark, segment } = ending;
    if (mark !== undefined && (mark.segment > segment || (mark.segment === segment && offset < mark.offset)))
      throw this.#createDamageError('it was acknowledged');
  }

  /** A good line behind it. Throws CONFIG_INVALID where that proves that the damage was acknowledged. */
  addGoodLine(line: FileLine, { kind, link }: RecordedLine): void {
    const { isLast, mark, batchBytes } = this.#ending;
    if (!isLast || mark === undefined) throw this.#createDamageError('good lines follow');
    const [before, after] = [
      link !== undefined && this.#before?.chain === link.chain ? this.#before.sequence : 0,
      link?.sequence ?? 0,
    ];
    if (kind === 'checkpoint' && after > before) throw this.#createDamageError('a checkpoint follows that covers it');
    if (kind !== 'text') this.#items += 1;
    if (this.#items >= maxItems || after - before > maxItems || this.#itemAt - this.offset >= batchBytes)
      throw this.#createDamageError('more follows than is written at once');
    if (kind !== 'text') this.#itemAt = line.end;
  }

  #createDamageError(why: string): AccessError {
    return new AccessError(
      'CONFIG_INVALID',
      `the journal was damaged: ${formatSegmentName(this.#ending.segment)} line ${this.#number} is not an event, and ${why}`,
    );
  }
}
