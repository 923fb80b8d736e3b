import { lineOf, parse, type Facts } from './canonical.js';
import { first, jwks, second } from './sign.js';
import type { Case } from './vector.js';
import { data, ours, type World } from './world.js';
import { idOf, seal, stampOf, type Line } from './writer.js';

const A = 'A 1-10 sealed 9 events 10';
const B = 'B 1-5 sealed 5 events 5';
const both = jwks([first], [second]);
const lie = (event: Facts): void => {
  data(event)['rows'] = 1_000_000;
};

/** A chain that nobody wrote who has a key: made of another chain's first events. */
function strange(world: World, from: string): readonly Line[] {
  const chain = `w-gate-1-${idOf('chain X')}`;
  const event = parse(world.find(from).text);
  Object.assign(stampOf(event), { chain_uid: chain });
  return [{ tag: 'X1', text: lineOf(seal(event)), chain, sequence: 1 }];
}

export const chainCases: Readonly<Record<string, Case>> = {
  'start-without-notice': {
    is: 'the first events are gone, and no event says so',
    change: (w) => w.remove('A1', 'A2', 'A3'),
    verdict: 'incomplete',
    incomplete: ['start A4'],
    chains: ['A 4-10 sealed 6 events 7', B],
  },
  'start-elsewhere': {
    is: 'less is gone than the record says',
    change: (w) => w.removeFrom('A1', 'A5'),
    verdict: 'incomplete',
    incomplete: ['start A6'],
    chains: ['A 6-10 sealed 4 events 5', B],
  },
  'start-checkpoint': {
    is: 'more is gone than the record says, and its checkpoint',
    change: (w) => {
      w.keys = both;
      w.segments.shift();
      w.remove('A7', 'C2');
    },
    verdict: 'incomplete',
    incomplete: ['start A8', 'start C3'],
    chains: ['A 8-10 sealed 2 events 3', B],
  },
  'start-notice-not-sealed': {
    is: 'the event that says what was removed is sealed by nothing',
    change: (w) => {
      w.segments.shift();
      w.remove('C4', 'C5');
    },
    verdict: 'incomplete',
    incomplete: ['start A7', 'start C2', 'unsealed B5'],
    chains: ['A 7-10 sealed 2 events 4', 'B 1-5 sealed 0 events 5'],
  },
  'start-notice-of-another': {
    is: 'the event that says what was removed names another fingerprint',
    verdict: 'incomplete',
    incomplete: ['start A7', 'start C2'],
    chains: ['A 7-10 sealed 3 events 4', B],
    change: (w) => {
      w.forge(
        'B2',
        (event) => {
          Object.assign(data(event), { fingerprint: '0'.repeat(64), checkpoint: '0'.repeat(64) });
        },
        true,
      );
      w.reseal('C4', 'B4');
      w.reseal('C5', 'B5');
      w.segments.shift();
    },
  },
  'start-export': {
    is: 'an export begins later than the record',
    change: (w) => {
      w.remove('A1', 'A2', 'A3');
      w.toExport();
    },
    verdict: 'incomplete',
    incomplete: ['start A4'],
    chains: ['A 4-10 sealed 6 events 7', B],
  },
  'missing-chain': {
    is: 'a whole chain is absent',
    change: (w) => {
      w.keys = both;
      w.segments.splice(0, 2);
    },
    verdict: 'incomplete',
    incomplete: ['missing - A', 'start C4'],
    chains: [B],
  },
  'missing-chain-with-checkpoints': {
    is: 'the events of a chain are absent, its checkpoints are there',
    verdict: 'incomplete',
    incomplete: ['missing - A'],
    chains: [B],
    change: (w) => {
      w.toExport((lines) => lines.filter(({ chain, tag }) => chain === lines.at(-1)?.chain || tag.startsWith('C')));
    },
  },
  'missing-notice-of-less': {
    is: 'a whole chain is absent, and the record says that a part of it went',
    change: (w) => {
      w.keys = both;
      w.segments.splice(0, 2);
      w.remove('C4');
    },
    verdict: 'incomplete',
    incomplete: ['missing - A', 'start C5'],
    chains: [B],
  },
  'rewritten-chain': {
    is: 'an event is another, and all behind it were chained anew',
    change: (w) => w.forge('A5', lie, true),
    verdict: 'tampered',
    tampered: ['rewritten C1', 'rewritten C2', 'rewritten C3', 'rewritten A10'],
    chains: ['A 1-10 sealed 0 events 10', B],
  },
  'rewritten-end': {
    is: 'the last event of a chain is another',
    change: (w) => w.forge('A10', lie),
    verdict: 'tampered',
    tampered: ['rewritten A10'],
    chains: ['A 1-10 sealed 8 events 10', B],
  },
  'rewritten-tail': {
    is: 'what stands behind the last checkpoint is another',
    change: (w) => w.forge('A9', lie, true),
    verdict: 'tampered',
    tampered: ['rewritten A10'],
    chains: ['A 1-10 sealed 8 events 10', B],
  },
  'rewritten-id': {
    is: 'a checkpoint names another id',
    change: (w) =>
      w.resign('C3', (claims) => {
        claims['head_uid'] = idOf('other');
      }),
    verdict: 'tampered',
    tampered: ['rewritten C3'],
  },
  'rewritten-head': {
    is: 'a checkpoint names another event',
    change: (w) =>
      w.resign('C4', (claims) => {
        claims['head'] = '0'.repeat(64);
      }),
    verdict: 'tampered',
    tampered: ['rewritten C4'],
  },
  'rewritten-export': {
    is: 'a chain was made anew in an export',
    change: (w) => {
      w.forge('A7', lie, true);
      w.toExport();
    },
    verdict: 'tampered',
    tampered: ['rewritten C2', 'rewritten C3', 'rewritten A10'],
    chains: ['A 1-10 sealed 6 events 10', B],
  },
  'chain-inserted': {
    is: 'a chain of another stands between two',
    change: (w) => w.after('A10', ...strange(w, 'B1')),
    verdict: 'tampered',
    tampered: ['link B1'],
    chains: [A, B, 'X 1-1 sealed 0 events 1'],
  },
  'chain-inserted-export': {
    is: 'two chains name the same one before them',
    change: (w) => {
      const lines = strange(w, 'B1');
      w.toExport((all) => [...all, ...lines]);
    },
    verdict: 'tampered',
    tampered: ['link X1'],
    chains: [A, B, 'X 1-1 sealed 0 events 1'],
  },
  'chain-removed': {
    is: 'a chain in the middle of a log is gone',
    verdict: 'tampered',
    tampered: ['link B1', 'rewritten C4', 'rewritten C5'],
    incomplete: [`missing - w-gate-1-${idOf('chain X')}`, 'unsealed B5'],
    change: (w) =>
      w.forge(
        'B1',
        (event) => {
          (ours(event)['before'] as Facts)['chain'] = `w-gate-1-${idOf('chain X')}`;
        },
        true,
      ),
    chains: ['A 1-10 sealed 8 events 10', 'B 1-5 sealed 0 events 5'],
  },
  'chain-unconnected': {
    is: 'a chain names none before it, though one stands there',
    verdict: 'tampered',
    tampered: ['link B1'],
    chains: ['A 1-10 sealed 8 events 10', B],
    change: (w) => {
      w.forge(
        'B1',
        (event) => {
          delete ours(event)['before'];
        },
        true,
      );
      w.reseal('C4', 'B4');
      w.reseal('C5', 'B5');
    },
  },
};
