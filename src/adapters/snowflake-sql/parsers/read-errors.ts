import { AccessError } from '../../../core/index.js';
import type { ReadResult, ParsersUnavailable } from './reading.js';
import { RefusedError } from '../checks/refusal.js';

const refusalReasons = {
  unparsed: 'sql.unparsed',
  disagree: 'sql.parsers_disagree',
  timeout: 'sql.too_slow',
  crashed: 'sql.parser_failed',
} as const;

/**
 * Why a text was not read: a refusal where it is the text's doing, ANALYSIS_UNAVAILABLE where no parser was there to
 * read it.
 */
export function createReadError(readings: Extract<ReadResult, { readonly ok: false }>): RefusedError | AccessError {
  if (readings.why === 'unavailable') return createUnavailableError(readings);
  return new RefusedError(refusalReasons[readings.why], readings.why === 'timeout' ? undefined : readings.detail);
}

/** What is wrong with the parsers and not with the text. */
export function createUnavailableError({ detail, cause }: ParsersUnavailable): AccessError {
  return new AccessError(
    'ANALYSIS_UNAVAILABLE',
    `statements cannot be analysed: ${detail}`,
    cause === undefined ? {} : { cause },
  );
}
