import { type Facts } from './canonical.js';
import { first, second } from './sign.js';
import { fingerprintOf, Writer, type Line } from './writer.js';

const session = '01a22fb3-d627-7d12-b577-4b5ce1e02126';
const statement = '01a22fb3-d640-75b1-95ba-1a6989ab314b';
const spoken = { session, statement };
const objects = Array.from({ length: 400 }, (_, index) => `ACME.OPS.ORDERS_${1000 + index}`);

/**
 * What a verifier has to write right: numbers as ECMAScript does, characters that are not seen, names beyond a plane.
 */
const odd: Facts = {
  numbers: [
    0, -1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 333333333.3333333, 9007199254740991, 0.000001,
    123456789012345680000, 4.35, 1e23,
  ],
  text: 'caf\u00e9 \u202e \u200b \u007f \u0085 \u{1d173} \u{1f600} \\ " \b\t\n\f\r \u0001 \u2028',
  '\u20ac': 1,
  '\u{1f600}': 2,
  '\ufb33': 3,
  '1': 4,
  '\r': 5,
};

/** What the next chain says of the end of this one. */
const ended = ({ chain, last }: Writer, sealed: number): Facts => {
  const { sequence, uid } = (last as Facts)['metadata'] as Facts;
  return { chain, sequence: sequence as number, id: uid as string, fingerprint: fingerprintOf(last as Facts), sealed };
};

/** A process that crashed, and the one behind it: the lines of three segments. */
export function honest(): readonly (readonly Line[])[] {
  const writer = new Writer();
  writer.begin('A');
  writer.event({ code: 'gateway.started', data: { connections: ['warehouse'] } });
  writer.event({ code: 'session.requested', session, data: { reason: 'Clear the backlog', odd } });
  writer.event({ code: 'session.opened', session, data: { durationMs: 9.5 } });
  const texts = writer.texts(
    { run: ['select "long" '.repeat(12), 'from orders \u{1f600}\n'.repeat(12)], asked: ['select *\u202e from orders'] },
    spoken,
  );
  writer.event({
    code: 'statement.authorized',
    session,
    statement,
    ours: { texts },
    more: { query_info: { query_string: 'select ? from orders' } },
  });
  writer.event({ code: 'statement.executed', session, statement, data: { rows: 3, complete: true } });
  writer.event({
    code: 'statement.authorized',
    session,
    statement: `${statement.slice(0, -1)}c`,
    data: { reads: objects, summary: 'x'.repeat(300), rows: 1, note: 'kept', none: null },
    more: { query_info: { query_string: 'select ? from all_orders' }, authorizations: [{ decision: 'allow' }] },
  });
  const gone = { chain: writer.chain, sequence: 6, fingerprint: fingerprintOf(writer.last as Facts) };
  writer.checkpoint('count', first);
  const removed = { ...gone, checkpoint: writer.checkpointed };
  const begun = [writer.lines.length];
  writer.event({ code: 'statement.executed', session, statement: `${statement.slice(0, -1)}c`, data: { rows: 1 } });
  writer.checkpoint('rotation', first, second);
  writer.event({ code: 'statement.denied', session, data: { reason: 'scope.object' } });
  writer.checkpoint('time', second);
  writer.event({ code: 'statement.authorized', session, statement: `${statement.slice(0, -1)}d` });
  writer.event({ code: 'statement.executed', session, statement: `${statement.slice(0, -1)}d` });
  const before = ended(writer, 9);
  begun.push(writer.lines.length);
  writer.begin('B');
  writer.event({ code: 'gateway.started', ours: { before } });
  writer.event({ code: 'audit.removed', data: removed });
  writer.event({
    code: 'statement.unresolved',
    session,
    statement: `${statement.slice(0, -1)}d`,
    data: { by: 'restart' },
  });
  writer.event({ code: 'session.closed', session, data: { by: 'restart' } });
  writer.checkpoint('time', second);
  writer.event({ code: 'gateway.stopped' });
  writer.checkpoint('close', second);
  return [writer.lines.slice(0, begun[0]), writer.lines.slice(begun[0], begun[1]), writer.lines.slice(begun[1])];
}

/** One chain of another version of the record or of OCSF. */
export function small(version: number, ocsf: string): readonly Line[] {
  const writer = new Writer('gate-2', version, ocsf);
  writer.begin('S');
  writer.event({ code: 'gateway.started' });
  writer.event({
    code: 'statement.authorized',
    session,
    statement,
    data: { reads: objects },
    more: { query_info: { query_string: 'select ?' } },
  });
  writer.checkpoint('count', first);
  writer.event({ code: 'gateway.stopped' });
  writer.checkpoint('close', first);
  return writer.lines;
}
