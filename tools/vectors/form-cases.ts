import { lineOf, parse, type Facts } from './canonical.js';
import { more } from './order-cases.js';
import { first, second } from './sign.js';
import type { Case } from './vector.js';
import { bare, metadata, ours, sqltext, type World } from './world.js';
import { seal, stampOf } from './writer.js';

const A = 'A 1-10 sealed 9 events 10';
const B4 = 'B 1-5 sealed 4 events 5';
const stop = ['unsealed B5'];

/** One more event, which says what no event says. */
const event =
  (change: (event: Facts) => void) =>
  (world: World): void => {
    more(world, 'B5');
    const last = parse(world.find('B6').text);
    change(last);
    world.splice('B6', () => [{ tag: 'line', text: lineOf(seal(last)) }]);
    world.move('line', 'C5');
  };
/** The last checkpoint, which says what none says. */
const checkpoint =
  (change: (claims: Facts) => void, header: Facts = {}) =>
  (world: World): void => {
    world.resign('C5', change, second, { header });
    world.splice('C5', ({ text }) => [{ tag: 'line', text }]);
  };
const foreign = { verdict: 'tampered', tampered: ['foreign line'] } as const;
const unsealed = { ...foreign, incomplete: stop, chains: [A, B4] };

export const formCases: Readonly<Record<string, Case>> = {
  'foreign-version': {
    is: 'an event of a later version',
    change: event((e) => {
      ours(e)['v'] = 3;
    }),
    ...foreign,
  },
  'foreign-version-of-text': {
    is: 'a text of a later version',
    change: (w) => {
      w.after('C5', { tag: 'line', text: lineOf({ sqltext: { ...sqltext(parse(w.find('TA4asked1').text)), v: 3 } }) });
    },
    ...foreign,
  },
  'foreign-version-of-checkpoint': {
    is: 'a checkpoint of a later version',
    change: checkpoint((claims) => {
      claims['v'] = 3;
    }),
    ...unsealed,
  },
  'foreign-member': {
    is: 'an event with a member of ours that is not known',
    change: event((e) => {
      ours(e)['note'] = 'x';
    }),
    ...foreign,
  },
  'foreign-attestations': {
    is: 'an event with two attestations',
    change: event((e) => {
      e['attestation_list'] = [stampOf(e), stampOf(e)];
    }),
    ...foreign,
  },
  'foreign-attestation-member': {
    is: 'an attestation with one member more',
    change: event((e) => {
      stampOf(e)['note'] = 'x';
    }),
    ...foreign,
  },
  'foreign-algorithm': {
    is: 'a fingerprint of another algorithm',
    change: (w) => {
      event(() => undefined)(w);
      w.replace('line', w.find('line').text.replace('"algorithm_id":3', '"algorithm_id":2'));
    },
    ...foreign,
  },
  'foreign-number': {
    is: 'an event without a whole number',
    change: event((e) => {
      metadata(e)['sequence'] = 6.5;
    }),
    ...foreign,
  },
  'foreign-before': {
    is: 'an event in the middle names a chain before it',
    change: event((e) => {
      ours(e)['before'] = {
        chain: stampOf(e)['chain_uid'] as string,
        sequence: 1,
        id: 'x',
        fingerprint: '0'.repeat(64),
        sealed: 0,
      };
    }),
    ...foreign,
  },
  'foreign-chain-name': {
    is: 'a chain with a name that is none',
    change: event((e) => {
      stampOf(e)['chain_uid'] = 'verdict ok';
    }),
    ...foreign,
  },
  'foreign-disguise': {
    is: 'an event with a member `checkpoint`',
    change: event((e) => {
      e['checkpoint'] = 'x';
    }),
    ...foreign,
  },
  'foreign-claim': {
    is: 'a checkpoint with one claim more',
    change: checkpoint((claims) => {
      claims['note'] = 'x';
    }),
    ...unsealed,
  },
  'foreign-no-interval': {
    is: 'a checkpoint that promises nothing',
    change: checkpoint((claims) => {
      delete claims['interval'];
    }),
    ...unsealed,
  },
  'foreign-rotation': {
    is: 'a rotation to no key',
    change: checkpoint((claims) => {
      claims['reason'] = 'rotation';
    }),
    ...unsealed,
  },
  'foreign-next': {
    is: 'a key is announced in passing',
    change: checkpoint((claims) => {
      claims['next'] = first.jwk;
    }),
    ...unsealed,
  },
  'foreign-alg': {
    is: 'a checkpoint whose algorithm is none',
    change: checkpoint(() => undefined, { alg: 'none' }),
    ...unsealed,
  },
  'foreign-header': {
    is: 'a checkpoint that brings its own key',
    change: checkpoint(() => undefined, { jwk: first.jwk }),
    ...unsealed,
  },
  'foreign-padding': {
    is: 'a checkpoint in base64 with padding',
    change: (w) => {
      const jws = w.jws('C5');
      w.splice('C5', () => [{ tag: 'line', text: lineOf({ checkpoint: `${jws}==` }) }]);
    },
    ...unsealed,
  },
  'foreign-base64': {
    is: 'a signature with bits that no byte uses',
    change: (w) => {
      const jws = w.jws('C5');
      const next = String.fromCharCode(jws.charCodeAt(jws.length - 1) + 1);
      w.splice('C5', () => [{ tag: 'line', text: lineOf({ checkpoint: jws.slice(0, -1) + next }) }]);
    },
    ...unsealed,
  },
  'foreign-bare-checkpoint': {
    is: 'a log with a bare checkpoint',
    change: (w) => {
      const { text } = bare(w.find('C5'));
      w.splice('C5', () => [{ tag: 'line', text }]);
    },
    ...unsealed,
  },
  'foreign-bare-text': {
    is: 'a log with a bare text',
    change: (w) => {
      const { text } = bare(w.find('TA4asked1'));
      w.splice('TA4asked1', () => [{ tag: 'line', text }]);
    },
    ...foreign,
  },
  'foreign-text-id': {
    is: 'a text whose id is of another event',
    change: (w) => {
      w.edit('TA4asked1', (said) => {
        sqltext(said)['event'] = 'other';
      });
      w.splice('TA4asked1', ({ text }) => [{ tag: 'line', text }]);
    },
    ...foreign,
  },
  'foreign-text-role': {
    is: 'a text of a role that is not known',
    change: (w) => {
      const said = sqltext(parse(w.find('TA4asked1').text));
      w.splice('TA4asked1', () => [
        {
          tag: 'line',
          text: lineOf({ sqltext: { ...said, role: 'other', id: (said['id'] as string).replace('asked', 'other') } }),
        },
      ]);
    },
    ...foreign,
  },
};
