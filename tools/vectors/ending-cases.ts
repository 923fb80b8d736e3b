import { type Facts } from './canonical.js';
import { more } from './order-cases.js';
import type { Case } from './vector.js';
import { data, type World } from './world.js';

const A = 'A 1-10 sealed 9 events 10';
const B = 'B 1-5 sealed 5 events 5';
const lie = (event: Facts): void => {
  data(event)['rows'] = 1_000_000;
};

/** Only the first chain, as a log. */
const onlyFirst = (world: World): void => {
  world.segments.splice(2, 1);
};

export const endingCases: Readonly<Record<string, Case>> = {
  'cut-end': {
    is: 'a chain ends before its successor says',
    change: (w) => w.remove('A9', 'A10'),
    verdict: 'tampered',
    tampered: ['cut A8'],
    chains: ['A 1-8 sealed 8 events 8', B],
  },
  'cut-sealed-end': {
    is: 'a chain ends before its checkpoint',
    change: (w) => {
      onlyFirst(w);
      w.remove('A8', 'A9', 'A10');
    },
    verdict: 'tampered',
    tampered: ['cut C3'],
    chains: ['A 1-7 sealed 7 events 7'],
  },
  'cut-both': {
    is: 'a chain ends before its checkpoint and its successor say',
    change: (w) => w.remove('A8', 'A9', 'A10'),
    verdict: 'tampered',
    tampered: ['cut C3', 'cut A7'],
    chains: ['A 1-7 sealed 7 events 7', B],
  },
  'cut-chain': {
    is: 'the last chain is absent, its checkpoints are there',
    change: (w) => w.remove('B1', 'B2', 'B3', 'B4', 'B5'),
    verdict: 'tampered',
    tampered: ['cut C4', 'cut C5'],
    chains: ['A 1-10 sealed 8 events 10'],
  },
  'cut-export': {
    is: 'the end of an export is absent',
    change: (w) => {
      w.remove('B5');
      w.toExport();
    },
    verdict: 'tampered',
    tampered: ['cut C5'],
    chains: [A, 'B 1-4 sealed 4 events 4'],
  },
  'cut-everything': {
    is: 'nothing but checkpoints',
    change: (w) => {
      w.toExport((lines) => lines.filter(({ tag }) => tag.startsWith('C')));
    },
    verdict: 'tampered',
    tampered: ['cut C1', 'cut C2', 'cut C3', 'cut C4', 'cut C5'],
    chains: [],
  },
  'appended-one': {
    is: 'a chain goes on behind its end',
    change: (w) => more(w, 'A10'),
    verdict: 'tampered',
    tampered: ['appended A11'],
    chains: ['A 1-11 sealed 9 events 11', B],
  },
  'appended-many': {
    is: 'a chain goes on and on behind its end',
    change: (w) => more(w, 'A10', 3),
    verdict: 'tampered',
    tampered: ['appended A11'],
    chains: ['A 1-13 sealed 9 events 13', B],
  },
  'appended-export': {
    is: 'an export has an event behind the end of a chain',
    change: (w) => {
      more(w, 'A10');
      w.toExport((lines) => lines.toReversed());
    },
    verdict: 'tampered',
    tampered: ['appended A11'],
    chains: ['A 1-11 sealed 9 events 11', B],
  },
  'unsealed-stop': {
    is: 'the last checkpoint is gone',
    change: (w) => w.remove('C5'),
    verdict: 'incomplete',
    incomplete: ['unsealed B5'],
    chains: [A, 'B 1-5 sealed 4 events 5'],
  },
  'unsealed-all': {
    is: 'all checkpoints are gone',
    change: (w) => w.remove('C1', 'C2', 'C3', 'C4', 'C5'),
    verdict: 'incomplete',
    incomplete: ['unsealed A10', 'unsealed B5'],
    chains: ['A 1-10 sealed 0 events 10', 'B 1-5 sealed 0 events 5'],
  },
  'unsealed-all-without-keys': {
    is: 'all checkpoints are gone, and no keys are given',
    change: (w) => {
      w.keys = undefined;
      w.remove('C1', 'C2', 'C3', 'C4', 'C5');
    },
    verdict: 'incomplete',
    incomplete: ['unsealed A10', 'unsealed B5'],
    chains: ['A 1-10 sealed 0 events 10', 'B 1-5 sealed 0 events 5'],
  },
  'unsealed-count': {
    is: 'more events stand behind the last checkpoint than the writer promises',
    change: (w) => {
      onlyFirst(w);
      more(w, 'A10', 5);
    },
    verdict: 'incomplete',
    incomplete: ['unsealed A15'],
    chains: ['A 1-15 sealed 8 events 15'],
  },
  'unsealed-count-fits': {
    is: 'as many stand behind it as the writer promises',
    change: (w) => {
      onlyFirst(w);
      more(w, 'A10', 4);
    },
    verdict: 'ok',
    chains: ['A 1-14 sealed 8 events 14'],
  },
  'unsealed-time': {
    is: 'the last event is later than the writer may be silent',
    change: (w) => {
      onlyFirst(w);
      w.forge('A10', (event) => {
        event['time'] = (event['time'] as number) + 65_000;
      });
    },
    verdict: 'incomplete',
    incomplete: ['unsealed A10'],
    chains: ['A 1-10 sealed 8 events 10'],
  },
  unchecked: {
    is: 'no keys are given',
    change: (w) => {
      w.keys = undefined;
    },
    verdict: 'incomplete',
    incomplete: ['unchecked - -'],
    chains: ['A 1-10 sealed 0 events 10', 'B 1-5 sealed 0 events 5'],
  },
  'unchecked-export': {
    is: 'no keys are given for an export',
    change: (w) => {
      w.keys = undefined;
      w.toExport();
    },
    verdict: 'incomplete',
    incomplete: ['unchecked - -'],
    chains: ['A 1-10 sealed 0 events 10', 'B 1-5 sealed 0 events 5'],
  },
  'unchecked-tampered': {
    is: 'no keys are given, and an event is altered',
    change: (w) => {
      w.keys = undefined;
      w.edit('A5', lie);
    },
    verdict: 'tampered',
    tampered: ['altered A5'],
    incomplete: ['unchecked - -'],
    chains: ['A 1-10 sealed 0 events 10', 'B 1-5 sealed 0 events 5'],
  },
};
