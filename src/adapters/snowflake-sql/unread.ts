import { AccessError } from '../../core/index.js';
import type { Readings, Unavailable } from './parsers/reading.js';
import { Refused } from './refusal.js';

const reasons = { unparsed: 'sql.unparsed', disagree: 'sql.parsers_disagree', timeout: 'sql.too_slow', crashed: 'sql.parser_failed' } as const;

/** Why a text was not read: a refusal where it is the text's doing, ANALYSIS_UNAVAILABLE where no parser was there to read it. */
export function unread(readings: Extract<Readings, { readonly ok: false }>): Refused | AccessError {
  if (readings.why === 'unavailable') return unavailable(readings);
  return new Refused(reasons[readings.why], readings.why === 'timeout' ? undefined : readings.detail);
}

/** What is wrong with the parsers and not with the text. */
export function unavailable({ detail, cause }: Unavailable): AccessError {
  return new AccessError('ANALYSIS_UNAVAILABLE', `statements cannot be analysed: ${detail}`, cause === undefined ? {} : { cause });
}
