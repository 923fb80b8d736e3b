import { lineOf, type Facts } from './canonical.js';
import { claimsOf, first, jwks, second, stranger } from './sign.js';
import type { Case } from './vector.js';
import { type World } from './world.js';

const A = 'A 1-10 sealed 9 events 10';
const B4 = 'B 1-5 sealed 4 events 5';
const stop = ['unsealed B5'];
const none = ['A 1-10 sealed 0 events 10', 'B 1-5 sealed 0 events 5'];
const at = (claims: Facts): number => claims['at'] as number;
const seconds = (tag: string, world: World): number => at(claimsOf(world.jws(tag))) / 1000;
const nothing = (): void => undefined;
const all = ['C1', 'C2', 'C3', 'C4', 'C5'].map((tag) => `key ${tag}`);

/** Another character in the middle of one part of a JWS. */
function spoilt(jws: string, part: number): string {
  const parts = jws.split('.');
  const text = parts[part] as string;
  parts[part] = `${text.slice(0, 20)}${text[20] === 'A' ? 'B' : 'A'}${text.slice(21)}`;
  return parts.join('.');
}

export const keyCases: Readonly<Record<string, Case>> = {
  'signature-spoilt': {
    is: 'a signature is another',
    change: (w) => w.replace('C3', lineOf({ checkpoint: spoilt(w.jws('C3'), 2) })),
    verdict: 'tampered',
    tampered: ['signature C3', 'checkpoint C4'],
  },
  'signature-claims': {
    is: 'a checkpoint says another time than was signed',
    verdict: 'tampered',
    tampered: ['signature C5'],
    incomplete: stop,
    chains: [A, B4],
    change: (w) => {
      const [, , signature] = w.jws('C5').split('.');
      w.resign('C5', (claims) => {
        claims['at'] = at(claims) + 1;
      });
      w.replace('C5', lineOf({ checkpoint: [...w.jws('C5').split('.').slice(0, 2), signature].join('.') }));
    },
  },
  'signature-of-a-stranger': {
    is: 'a checkpoint is signed by another under the name of the key',
    change: (w) => w.resign('C5', nothing, { ...stranger, kid: 'k2' }),
    verdict: 'tampered',
    tampered: ['signature C5'],
    incomplete: stop,
    chains: [A, B4],
  },
  'signature-export': {
    is: 'a signature in an export is another',
    change: (w) => {
      w.toExport();
      w.replace('C5', spoilt(w.jws('C5'), 2));
    },
    verdict: 'tampered',
    tampered: ['signature C5'],
    incomplete: stop,
    chains: [A, B4],
  },
  'key-unknown': {
    is: 'a checkpoint is signed by a key that nobody announced',
    change: (w) => w.resign('C5', nothing, stranger),
    verdict: 'tampered',
    tampered: ['key C5'],
    incomplete: stop,
    chains: [A, B4],
  },
  'key-set-of-another': {
    is: 'the set has only the key of another',
    change: (w) => {
      w.keys = jwks([stranger]);
    },
    verdict: 'tampered',
    tampered: all,
    incomplete: ['unsealed A10', ...stop],
    chains: none,
  },
  'key-set-empty': {
    is: 'the set has no key',
    change: (w) => {
      w.keys = jwks();
    },
    verdict: 'tampered',
    tampered: all,
    incomplete: ['unsealed A10', ...stop],
    chains: none,
  },
  'key-of-another-writer': {
    is: 'the first key is bound to another writer',
    change: (w) => {
      w.keys = jwks([first, { authority: 'gate-2' }], [second]);
    },
    verdict: 'tampered',
    tampered: ['key C1', 'key C2'],
  },
  'key-of-this-writer': {
    is: 'the first key is bound to this writer',
    change: (w) => {
      w.keys = jwks([first, { authority: 'gate-1' }]);
    },
    verdict: 'ok',
  },
  'key-expired': {
    is: 'the first key ends before its last checkpoint',
    change: (w) => {
      w.keys = jwks([first, { exp: seconds('C2', w) }], [second]);
    },
    verdict: 'tampered',
    tampered: ['key C2'],
  },
  'key-not-yet': {
    is: 'the first key begins behind its first checkpoint',
    change: (w) => {
      w.keys = jwks([first, { nbf: seconds('C2', w) }], [second]);
    },
    verdict: 'tampered',
    tampered: ['key C1'],
  },
  'key-in-time': {
    is: 'the first key begins with its first checkpoint and ends behind its last',
    change: (w) => {
      w.keys = jwks([first, { nbf: seconds('C1', w), exp: seconds('C2', w) + 0.001 }]);
    },
    verdict: 'ok',
  },
  'key-replaced': {
    is: 'the old key signs behind the rotation',
    change: (w) => {
      w.resign('C4', nothing, first);
      w.resign('C5', nothing, first);
    },
    verdict: 'tampered',
    tampered: ['key C4', 'key C5'],
    incomplete: stop,
    chains: ['A 1-10 sealed 8 events 10', 'B 1-5 sealed 0 events 5'],
  },
  'key-replaced-same-time': {
    is: 'the old key signs behind the rotation, in the same millisecond',
    verdict: 'tampered',
    tampered: ['key C3'],
    change: (w) => {
      const time = at(claimsOf(w.jws('C2')));
      w.resign(
        'C3',
        (claims) => {
          claims['at'] = time;
        },
        first,
      );
    },
  },
  'key-too-early': {
    is: 'the new key signs before the rotation',
    verdict: 'tampered',
    tampered: ['key C3'],
    change: (w) => {
      const time = at(claimsOf(w.jws('C2')));
      w.resign('C3', (claims) => {
        claims['at'] = time - 1;
      });
    },
  },
  'key-without-rotation': {
    is: 'the checkpoint that announces the new key is gone',
    change: (w) => w.remove('C2'),
    verdict: 'tampered',
    tampered: ['key C3', 'key C4', 'key C5'],
    incomplete: ['unsealed B5'],
    chains: ['A 1-10 sealed 6 events 10', 'B 1-5 sealed 0 events 5'],
  },
  'key-announced-and-expired': {
    is: 'the second key, which is announced, ends in the set before its last checkpoint',
    change: (w) => {
      w.keys = jwks([first], [second, { exp: seconds('C5', w) }]);
    },
    verdict: 'tampered',
    tampered: ['key C5'],
    incomplete: stop,
    chains: [A, B4],
  },
  'key-announced-of-another-writer': {
    is: 'the second key, which is announced, is bound to another writer in the set',
    change: (w) => {
      w.keys = jwks([first], [second, { authority: 'gate-2' }]);
    },
    verdict: 'tampered',
    tampered: ['key C3', 'key C4', 'key C5'],
    incomplete: stop,
    chains: ['A 1-10 sealed 7 events 10', 'B 1-5 sealed 0 events 5'],
  },
  'key-same-name': {
    is: 'two keys of the set have one name',
    change: (w) => {
      w.keys = jwks([{ ...stranger, jwk: { ...stranger.jwk, kid: 'k1' } }], [first]);
    },
    verdict: 'ok',
  },
};
