import { lineOf, type Facts } from './canonical.js';
import { claimsOf, first, jwks, jwsOf, second, type Key } from './sign.js';
import type { Case } from './vector.js';
import { bare, type World } from './world.js';
import { start } from './writer.js';

const A = 'A 1-10 sealed 9 events 10';
const B4 = 'B 1-5 sealed 4 events 5';
const stop = ['unsealed B5'];
const at = (claims: Facts): number => claims['at'] as number;

/** A second checkpoint behind the predecessor of one. */
function another(
  world: World,
  tag: string,
  change: (claims: Facts) => void,
  key: Key = second,
): { readonly tag: string; readonly text: string; readonly chain: string; readonly sequence: number } {
  const claims = claimsOf(world.jws(tag));
  change(claims);
  return {
    tag: `${tag}x`,
    text: lineOf({ checkpoint: jwsOf(claims, key) }),
    chain: claims['chain'] as string,
    sequence: claims['seq'] as number,
  };
}

export const checkpointCases: Readonly<Record<string, Case>> = {
  'checkpoint-of-another-writer': {
    is: 'a checkpoint of another writer',
    change: (w) => {
      w.keys = jwks([first], [second]);
      w.resign('C5', (claims) => {
        claims['authority'] = 'gate-2';
      });
    },
    verdict: 'tampered',
    tampered: ['checkpoint C5'],
    incomplete: stop,
    chains: [A, B4],
  },
  'checkpoint-removed': {
    is: 'a checkpoint in the middle is gone',
    change: (w) => w.remove('C3'),
    verdict: 'tampered',
    tampered: ['checkpoint C4'],
  },
  'checkpoint-removed-export': {
    is: 'a checkpoint in the middle of an export is gone',
    change: (w) => {
      w.remove('C3');
      w.toExport((lines) => lines.toReversed());
    },
    verdict: 'tampered',
    tampered: ['checkpoint C4'],
  },
  'checkpoint-without-prev': {
    is: 'a later checkpoint names none before it',
    change: (w) =>
      w.resign('C4', (claims) => {
        delete claims['prev'];
      }),
    verdict: 'tampered',
    tampered: ['checkpoint C4'],
  },
  'checkpoint-fork': {
    is: 'two checkpoints follow the same one',
    change: (w) =>
      w.after(
        'C5',
        another(w, 'C4', (claims) => {
          claims['at'] = at(claims) + 1;
        }),
      ),
    verdict: 'tampered',
    tampered: ['checkpoint C4x'],
  },
  'checkpoint-begun-anew': {
    is: 'a second beginning of all checkpoints',
    change: (w) =>
      w.after(
        'C5',
        another(w, 'C5', (claims) => {
          delete claims['prev'];
          claims['at'] = at(claims) + 1;
        }),
      ),
    verdict: 'tampered',
    tampered: ['checkpoint C5x'],
  },
  'resealed-older': {
    is: 'a checkpoint is older than the one before it',
    change: (w) => {
      const time = at(claimsOf(w.jws('C4')));
      w.resign('C5', (claims) => {
        claims['at'] = time - 1;
      });
    },
    verdict: 'tampered',
    tampered: ['resealed C5'],
    incomplete: stop,
    chains: [A, B4],
  },
  'resealed-less': {
    is: 'a checkpoint seals less than the one before it',
    change: (w) => {
      w.resign('C5', (claims) => {
        claims['seq'] = 3;
      });
      w.reseal('C5', 'B3');
      w.resign('C5', (claims) => {
        claims['head_uid'] = idAt(w, 'B3');
      });
    },
    verdict: 'tampered',
    tampered: ['resealed C5 B 3'],
    incomplete: stop,
    chains: [A, B4],
  },
  'resealed-ended-chain': {
    is: 'a checkpoint seals the tail of the chain that a crash left',
    verdict: 'tampered',
    tampered: ['resealed C5 A 10'],
    incomplete: stop,
    chains: [A, B4],
    change: (w) => {
      w.resign('C5', (claims) => {
        Object.assign(claims, { chain: claimsOf(w.jws('C3'))['chain'] as string, seq: 10, head_uid: idAt(w, 'A10') });
      });
      w.reseal('C5', 'A10');
    },
  },
  'resealed-moved': {
    is: 'the last checkpoint of a chain stands behind the beginning of the next',
    change: (w) => w.move('C3', 'B1'),
    verdict: 'tampered',
    tampered: ['resealed C3'],
  },
  'time-late': {
    is: 'an event is later than the checkpoint over it',
    change: (w) =>
      w.resign('C4', (claims) => {
        claims['at'] = at(claims) - 11;
      }),
    verdict: 'tampered',
    tampered: ['time B4'],
  },
  'time-many': {
    is: 'two events are later than the checkpoint over them',
    change: (w) =>
      w.resign(
        'C1',
        (claims) => {
          claims['at'] = start + 4500;
        },
        first,
      ),
    verdict: 'tampered',
    tampered: ['time A5', 'time A6'],
  },
  'anchor-cut': {
    is: 'the last chain is gone, and its checkpoint was anchored',
    change: (w) => {
      w.anchored = [
        { ...w.find('C3'), tag: 'kept' },
        { ...w.find('C5'), tag: 'cut' },
      ];
      w.segments.pop();
    },
    verdict: 'tampered',
    tampered: ['anchor cut'],
    chains: ['A 1-10 sealed 8 events 10'],
  },
  'anchor-rewritten': {
    is: 'another checkpoint was anchored than the one that is there',
    change: (w) => {
      w.anchored = [
        bare(
          another(w, 'C4', (claims) => {
            claims['at'] = at(claims) + 1;
          }),
        ),
      ];
    },
    verdict: 'tampered',
    tampered: ['anchor C4x'],
  },
  'anchor-everything': {
    is: 'nothing of the writer is there whose checkpoint was anchored',
    change: (w) => {
      w.anchored = [w.find('C1')];
      w.keys = undefined;
      const text = [bare(w.find('TA4asked1'))];
      w.segments = [];
      w.exported = text;
    },
    verdict: 'tampered',
    tampered: ['anchor C1'],
    chains: [],
  },
};

const idAt = (world: World, tag: string): string =>
  ((JSON.parse(world.find(tag).text) as Facts)['metadata'] as Facts)['uid'] as string;
