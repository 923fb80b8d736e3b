import { first, jwks, second } from './sign.js';
import type { Case } from './vector.js';

export const inputCases: Readonly<Record<string, Case>> = {
  'input-no-journal': {
    is: 'a directory without a journal',
    change: (w) => {
      w.segments = [];
      w.given.set('log/notes.txt', 'nothing\n');
    },
    verdict: 'error',
  },
  'input-secret-key': {
    is: 'a set with a private key',
    change: (w) => {
      w.keys = jwks([first, { d: 'A'.repeat(43) }]);
    },
    verdict: 'error',
  },
  'input-no-set': {
    is: 'a key that is no set',
    change: (w) => {
      w.keys = JSON.stringify(first.jwk);
    },
    verdict: 'error',
  },
  'input-key-without-name': {
    is: 'a key without a name',
    change: (w) => {
      const { kid: _, ...jwk } = first.jwk;
      w.keys = JSON.stringify({ keys: [jwk] });
    },
    verdict: 'error',
  },
  'input-key-binding': {
    is: 'a key that is bound by words',
    change: (w) => {
      w.keys = jwks([first, { exp: 'tomorrow' }]);
    },
    verdict: 'error',
  },
  'input-other-keys': {
    is: 'a set with keys for something else, too',
    change: (w) => {
      w.keys = JSON.stringify({
        keys: [
          { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
          { ...second.jwk, use: 'enc', kid: 7 },
          { ...first.jwk, use: 'sig' },
        ],
      });
    },
    verdict: 'ok',
  },
  'input-anchors': {
    is: 'anchors that are no checkpoints',
    change: (w) => {
      w.anchored = [w.find('C1'), { tag: 'line', text: '{}' }];
    },
    verdict: 'error',
  },
  'input-anchor-event': {
    is: 'an event among the anchors',
    change: (w) => {
      w.anchored = [w.find('A1')];
    },
    verdict: 'error',
  },
  'input-empty': {
    is: 'an empty file',
    change: (w) => {
      w.segments = [];
      w.given.set('export.jsonl', '');
    },
    verdict: 'error',
  },
  'input-other': {
    is: 'a file of something else',
    change: (w) => {
      w.segments = [];
      w.given.set('export.jsonl', 'hello\n{"hello":"world"}\n');
    },
    verdict: 'error',
  },
};
