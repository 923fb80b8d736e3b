import { lineOf, parse, sha256, type Facts } from './canonical.js';
import { small } from './honest.js';
import { jwks, first, second } from './sign.js';
import { stubOf } from './stub.js';
import type { Case } from './vector.js';
import { bare, data, type World } from './world.js';
import { fingerprintOf, type Line } from './writer.js';

const escape = (each: string): string => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`;

/** As another program writes it: other order of members, other escapes, white space. */
function reserialized({ text, ...line }: Line): Line {
  if (!text.startsWith('{')) return { ...line, text };
  const turned = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([name, each]) => [name, turned(each)]),
        )
      : value;
  const loose = JSON.stringify(turned(parse(text)), null, 1).replaceAll('\n', ' ');
  return { ...line, text: ` ${loose.replaceAll(/[^ -~]/g, escape)}\r` };
}

const old =
  (version: number, ocsf: string) =>
  (world: World): void => {
    world.segments = [[...small(version, ocsf)]];
  };

export const honestCases: Readonly<Record<string, Case>> = {
  'honest-log': { is: 'a process that crashed and the one behind it, as they wrote their log', verdict: 'ok' },
  'honest-texts': {
    is: 'the same, with the texts asked for',
    change: (w) => {
      w.texts = true;
    },
    verdict: 'ok',
  },
  'honest-export': {
    is: 'all of it as an export of topics: in another order, and much of it twice',
    verdict: 'ok',
    change: (w) => {
      w.texts = true;
      w.toExport((lines) => [...lines.toReversed(), ...lines.filter((_, index) => index % 2 === 0)]);
    },
  },
  'honest-reserialized': {
    is: 'an export that another program wrote anew',
    change: (w) => w.toExport((lines) => lines.map(reserialized)),
    verdict: 'ok',
  },
  'honest-empty-lines': {
    is: 'an export with empty lines between',
    change: (w) =>
      w.toExport((lines) =>
        lines.flatMap((line) => [line, { tag: 'empty', text: '' }, { tag: 'empty', text: ' \t\r' }]),
      ),
    verdict: 'ok',
  },
  'honest-no-newline': {
    is: 'the last line is whole and has no newline',
    change: (w) => {
      w.end = '';
    },
    verdict: 'ok',
  },
  'honest-export-no-newline': {
    is: 'the last line is a bare checkpoint without a newline',
    change: (w) => {
      w.toExport();
      w.end = '';
    },
    verdict: 'ok',
  },
  'honest-completed': {
    is: 'a log that lost a segment, and an export that has its lines',
    verdict: 'ok',
    change: (w) => {
      w.exported = w.segments[1]?.map(bare);
      w.segments.splice(1, 1);
    },
  },
  'honest-removed': {
    is: 'retention removed the first segment, as the record says',
    change: (w) => {
      w.segments.shift();
    },
    verdict: 'ok',
    chains: ['A 7-10 sealed 3 events 4', 'B 1-5 sealed 5 events 5'],
  },
  'honest-removed-chain': {
    is: 'retention removed a whole chain, as the record says',
    verdict: 'ok',
    chains: ['B 1-5 sealed 5 events 5'],
    change: (w) => {
      const [end, checkpoint] = [parse(w.find('A10').text), sha256(w.jws('C3'))];
      w.forge(
        'B2',
        (event) => Object.assign(data(event), { sequence: 10, fingerprint: fingerprintOf(end), checkpoint }),
        true,
      );
      w.reseal('C4', 'B4');
      w.reseal('C5', 'B5');
      w.keys = jwks([first], [second]);
      w.segments.splice(0, 2);
    },
  },
  'honest-stub-and-whole': {
    is: 'an export that has an event whole and as a stub',
    change: (w) => {
      w.toExport();
      w.exported?.push({ ...w.find('A6'), text: lineOf(stubOf(w.find('A6').text)) });
    },
    verdict: 'ok',
  },
  'honest-texts-erased': {
    is: 'the texts were erased, and are not asked for',
    change: (w) => w.removeFrom('TA4run1', 'TA4asked1'),
    verdict: 'ok',
  },
  'honest-text-first': {
    is: 'an export with the second part of a text before the first',
    change: (w) => {
      w.texts = true;
      w.toExport((lines) => [...lines.filter(({ tag }) => tag === 'TA4run2'), ...lines]);
    },
    verdict: 'ok',
  },
  'honest-anchors': {
    is: 'checkpoints that were anchored are in the record',
    change: (w) => {
      w.anchored = [bare(w.find('C2')), w.find('C5')];
    },
    verdict: 'ok',
  },
  'honest-anchor-removed': {
    is: 'a checkpoint was anchored that retention removed since',
    change: (w) => {
      w.anchored = [w.find('C1')];
      w.segments.shift();
    },
    verdict: 'ok',
    chains: ['A 7-10 sealed 3 events 4', 'B 1-5 sealed 5 events 5'],
  },
  'honest-ocsf-1.1.0': {
    is: 'OCSF 1.1.0, where the attestation stands in `unmapped`',
    change: old(2, '1.1.0'),
    verdict: 'ok',
    chains: ['S 1-3 sealed 3 events 3'],
  },
  'honest-ocsf-1.8.0': {
    is: 'OCSF 1.8.0',
    change: old(2, '1.8.0'),
    verdict: 'ok',
    chains: ['S 1-3 sealed 3 events 3'],
  },
  'honest-version-1': {
    is: 'version 1 of the record',
    change: old(1, '1.9.0'),
    verdict: 'ok',
    chains: ['S 1-3 sealed 3 events 3'],
  },
  'honest-stub-1.1.0': {
    is: 'OCSF 1.1.0: a stub beside its whole',
    verdict: 'ok',
    chains: ['S 1-3 sealed 3 events 3'],
    change: (w) => {
      old(2, '1.1.0')(w);
      w.toExport();
      w.exported?.push({ ...w.find('S2'), text: lineOf(stubOf(w.find('S2').text)) });
    },
  },
  'honest-algorithm-name': {
    is: 'the algorithm under its newer name',
    verdict: 'ok',
    change: (w) => w.resign('C5', (claims: Facts) => claims, second, { header: { alg: 'Ed25519' } }),
  },
};
