import type { Case } from './vector.js';
import { type World } from './world.js';

const A = 'A 1-10 sealed 9 events 10';
const B = 'B 1-5 sealed 5 events 5';
const B4 = 'B 1-5 sealed 4 events 5';
const stop = ['unsealed B5'];
const five = ['A 1-10 sealed 4 events 9', B];

/** A line that nobody wrote, behind another. */
const line =
  (text: string, behind = 'A5') =>
  (world: World): void =>
    world.after(behind, { tag: 'line', text });
/** Number 5 in another writing, which is none. */
const fifth =
  (from: string, to: string) =>
  (world: World): void => {
    const { text } = world.find('A5');
    world.splice('A5', () => [{ tag: 'line', text: text.replace(from, to) }]);
    if (world.find('line').text === text) throw new Error(`nothing to replace: ${from}`);
  };
const foreign = { verdict: 'tampered', tampered: ['foreign line'] } as const;
const lost = { ...foreign, tampered: ['foreign line', 'gap A6'], chains: five };

export const lineCases: Readonly<Record<string, Case>> = {
  'foreign-words': { is: 'a line is not JSON', change: line('the gateway was here'), ...foreign },
  'foreign-empty': { is: 'an empty line in a log', change: line(''), ...foreign },
  'foreign-array': { is: 'a line is an array', change: line('[]'), ...foreign },
  'foreign-object': {
    is: 'a line is an object of nothing that is known',
    change: line('{"hello":"world"}'),
    ...foreign,
  },
  'foreign-deep': {
    is: 'a line of many arrays within each other',
    change: line(`${'['.repeat(20_000)}${']'.repeat(20_000)}`),
    ...foreign,
  },
  'foreign-deep-enough': {
    is: 'an event that nests 257 deep',
    change: fifth('"data":{', `"data":{"deep":${'['.repeat(253)}${']'.repeat(253)},`),
    ...lost,
  },
  'foreign-twice': { is: 'a member stands in an event twice', change: fifth('"time":', '"time":1,"time":'), ...lost },
  'foreign-twice-escaped': {
    is: 'a member stands twice, once with an escape in its name',
    change: fifth('"time":', '"\\u0074ime":1,"time":'),
    ...lost,
  },
  'foreign-surrogate': { is: 'a lone surrogate', change: fifth('"data":{', '"data":{"odd":"\\ud800",'), ...lost },
  'foreign-surrogate-name': {
    is: 'a lone surrogate in the name of a member',
    change: fifth('"data":{', '"data":{"\\udc00":1,'),
    ...lost,
  },
  'foreign-infinite': {
    is: 'a number that no double holds',
    change: fifth('"data":{', '"data":{"odd":1e999,'),
    ...lost,
  },
  'foreign-not-a-number': { is: 'a number that is none', change: fifth('"data":{', '"data":{"odd":NaN,'), ...lost },
  'foreign-control': {
    is: 'a control character in a string',
    change: fifth('"data":{', '"data":{"odd":"\t",'),
    ...lost,
  },
  'foreign-comment': { is: 'a comma too many', change: fifth('"data":{', '"data":{,'), ...lost },
  'foreign-byte-order-mark': {
    is: 'a byte order mark at the beginning',
    change: (w) => {
      const { text } = w.find('A1');
      w.splice('A1', () => [{ tag: 'line', text: `\ufeff${text}` }]);
    },
    verdict: 'tampered',
    tampered: ['foreign line'],
    incomplete: ['start A2'],
    chains: ['A 2-10 sealed 8 events 9', B],
  },
  'foreign-not-utf8': {
    is: 'bytes that are not UTF-8',
    change: (w) => {
      w.given.set('export.jsonl', Buffer.from([0x22, 0xc3, 0x28, 0x22, 0x0a]).toString('base64'));
      w.binary.push('export.jsonl');
    },
    verdict: 'tampered',
    tampered: ['foreign export.jsonl:1'],
  },
  'torn-log': {
    is: 'the last line of a log has no end',
    change: (w) => {
      w.after('C5', { tag: 'line', text: w.find('A5').text.slice(0, 300) });
      w.end = '';
    },
    verdict: 'incomplete',
    incomplete: ['torn line'],
  },
  'torn-export': {
    is: 'the last checkpoint of an export has no end',
    change: (w) => {
      w.toExport();
      const text = w.jws('C5').slice(0, -5);
      w.splice('C5', () => [{ tag: 'line', text }]);
      w.end = '';
    },
    verdict: 'incomplete',
    incomplete: ['torn line', ...stop],
    chains: [A, B4],
  },
  'torn-inside': {
    is: 'a line in the middle has no end',
    change: (w) => line(w.find('A5').text.slice(0, 300))(w),
    ...foreign,
  },
  'torn-whole': {
    is: 'a last line without a newline that is whole, and none of the forms',
    change: (w) => {
      line('{"hello":"world"}', 'C5')(w);
      w.end = '';
    },
    ...foreign,
  },
};
