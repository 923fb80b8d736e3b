import {
  denials,
  faults,
  type AccessError,
  type DenialCode,
  type Denied,
  type FaultCode,
  type StatementResult,
} from '../../core/index.js';
import { httpStatuses } from './status.js';

/** A refusal or a failure as it is answered: RFC 9457, with our `code`, `reason`, `hint` and an engine's own `data`. */
export interface Problem {
  readonly type: string;
  /** What the code means, always in the same words. */
  readonly title: string;
  readonly status: number;
  /** What it is this time. */
  readonly detail: string;
  readonly code: DenialCode | FaultCode;
  readonly reason?: string;
  readonly hint?: string;
  readonly data?: Readonly<Record<string, string | number>>;
  /** `urn:uuid:` and the id of the request, which is also the statement's or session's id in the record. */
  readonly instance: string;
}

/** A denial made before the gateway is asked; HTTP has a status of its own for some. */
export interface HttpDenial {
  readonly denied: Denied;
  readonly status?: 405 | 409 | 413 | 415;
  readonly headers?: Readonly<Record<string, string>>;
}

const formatProblemType = (code: string): string => `urn:sallyport:problem:${code}`;

export function createDenialProblem(
  { code, message, reason, hint }: Denied,
  id: string,
  status = httpStatuses[code].status,
): Problem {
  return {
    type: formatProblemType(code),
    title: denials[code],
    status,
    detail: message,
    code,
    ...(reason === undefined ? {} : { reason }),
    ...(hint === undefined ? {} : { hint }),
    instance: `urn:uuid:${id}`,
  };
}

/** Of a statement that changed something, and of which only the rows could not be handed out. */
const alreadyRanHint = 'The statement ran, and is recorded: only its rows were not handed out. Do not send it again.';

/** The failure of a result's rows: where the statement changed something, the problem says that it ran. */
export function createRowsProblem(
  error: AccessError,
  { statement, kind }: Pick<StatementResult, 'statement' | 'kind'>,
): Problem {
  const problem = createErrorProblem(error, statement);
  return kind === 'write' || kind === 'ddl' ? { ...problem, hint: alreadyRanHint } : problem;
}

/** When to ask again, where the denial itself says so (RFC 9110 §10.2.3). */
export function createRetryAfterHeader({ retryAfterMs }: Denied): Readonly<Record<string, number>> {
  return retryAfterMs === undefined ? {} : { 'retry-after': Math.max(1, Math.ceil(retryAfterMs / 1_000)) };
}

/** Of a failure that is ours to repair (500), nothing but the code is told. */
export function createErrorProblem({ code, message, detail }: AccessError, id: string): Problem {
  const { status } = httpStatuses[code];
  const title = Object.hasOwn(faults, code) ? faults[code as FaultCode].means : denials[code as DenialCode];
  const instance = `urn:uuid:${id}`;
  if (status === 500) return { type: formatProblemType(code), title, status, detail: title, code, instance };
  const data = Object.keys(detail).length === 0 ? {} : { data: detail };
  return { type: formatProblemType(code), title, status, detail: message, code, ...data, instance };
}
