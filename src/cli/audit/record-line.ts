import type { LinePosition } from '../../adapters/ocsf/verify/index.js';

/** One line of a record, wherever that is kept. */
export interface RecordLine {
  /** Undefined for one that is too long or is not UTF-8. */
  readonly text: string | undefined;
  /** False for a last line that no newline ends. */
  readonly complete: boolean;
  readonly position: LinePosition;
}
