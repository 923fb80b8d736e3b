import { lineOf, parse, type Facts } from './canonical.js';
import type { Case } from './vector.js';
import { data, metadata, ours, type World } from './world.js';
import { named, seal, stampOf, type Line } from './writer.js';

const B = 'B 1-5 sealed 5 events 5';
/** Event 5 is proven by nothing: 6 to 9 are. */
const five = ['A 1-10 sealed 4 events 10', B];

/** A second content of an event, with its fingerprint. */
function rival(world: World, tag: string, change: (event: Facts) => void): Line {
  const event = parse(world.find(tag).text);
  change(event);
  return { ...world.find(tag), tag: `${tag}x`, text: lineOf(seal(event)) };
}

const lie = (event: Facts): void => {
  data(event)['rows'] = 1_000_000;
};

/** One more event behind the last of a chain. */
export function more(world: World, tag: string, times = 1): void {
  for (let last = tag; times > 0; times -= 1) {
    const line = world.find(last);
    const event = parse(line.text);
    const next = (line.sequence as number) + 1;
    stampOf(event)['prev_event'] = named(event);
    Object.assign(metadata(event), { sequence: next, uid: `${metadata(event)['uid'] as string}-${next}` });
    delete ours(event)['before'];
    last = `${tag[0] as string}${next}`;
    world.after(line.tag, { ...line, tag: last, sequence: next, text: lineOf(seal(event)) });
  }
}

export const orderCases: Readonly<Record<string, Case>> = {
  'fork-export': {
    is: 'an export has a second content of an event',
    change: (w) => {
      const line = rival(w, 'A5', lie);
      w.toExport((lines) => [...lines, line]);
    },
    verdict: 'tampered',
    tampered: ['fork A5x'],
  },
  'fork-log': {
    is: 'a log has a second content of an event',
    change: (w) => w.after('A5', rival(w, 'A5', lie)),
    verdict: 'tampered',
    tampered: ['fork A5x'],
  },
  'fork-forged-first': {
    is: 'the forged content stands before the true one',
    change: (w) => {
      const line = rival(w, 'A5', lie);
      w.after('A4', line);
    },
    verdict: 'tampered',
    tampered: ['fork A5'],
  },
  'copied-event': {
    is: 'an event stands in its log twice',
    change: (w) => w.after('A7', { ...w.find('A5'), tag: 'copy' }),
    verdict: 'tampered',
    tampered: ['copied copy'],
  },
  'copied-reserialized': {
    is: 'an event stands in its log twice, written otherwise',
    change: (w) =>
      w.after('A5', {
        ...w.find('A5'),
        tag: 'copy',
        text: JSON.stringify(parse(w.find('A5').text), null, 1).replaceAll('\n', ' '),
      }),
    verdict: 'tampered',
    tampered: ['copied copy'],
  },
  'copied-checkpoint': {
    is: 'a checkpoint stands in its log twice',
    change: (w) => w.after('C5', { ...w.find('C1'), tag: 'copy' }),
    verdict: 'tampered',
    tampered: ['copied copy'],
  },
  'copied-text': {
    is: 'a text stands in its log twice',
    change: (w) => w.after('TA4run1', { ...w.find('TA4run1'), tag: 'copy' }),
    verdict: 'tampered',
    tampered: ['copied copy'],
  },
  'restart-inside': {
    is: 'an event names none before it',
    change: (w) =>
      w.forge('A5', (event) => {
        delete stampOf(event)['prev_event'];
      }),
    verdict: 'tampered',
    tampered: ['restart A5', 'link A6'],
    chains: five,
  },
  'restart-at-the-end': {
    is: 'the chain begins anew behind its last checkpoint',
    change: (w) =>
      w.forge(
        'A9',
        (event) => {
          delete stampOf(event)['prev_event'];
        },
        true,
      ),
    verdict: 'tampered',
    tampered: ['restart A9', 'rewritten A10'],
    chains: ['A 1-10 sealed 8 events 10', B],
  },
  'link-content': {
    is: 'an event is another, with a fingerprint of its own',
    change: (w) => w.forge('A5', lie),
    verdict: 'tampered',
    tampered: ['link A6'],
    chains: five,
  },
  'link-first': {
    is: 'number 1 names one before it',
    change: (w) =>
      w.forge('A1', (event) => {
        stampOf(event)['prev_event'] = named(event);
      }),
    verdict: 'tampered',
    tampered: ['link A1', 'link A2'],
    chains: ['A 1-10 sealed 8 events 10', B],
  },
  'link-type': {
    is: 'an event names another type of the one before it',
    change: (w) =>
      w.forge('A10', (event) => {
        (stampOf(event)['prev_event'] as Facts)['type_uid'] = 1;
      }),
    verdict: 'tampered',
    tampered: ['link A10', 'rewritten A10'],
    chains: ['A 1-10 sealed 8 events 10', B],
  },
  'link-authority': {
    is: 'an event of another writer in the chain',
    change: (w) =>
      w.forge('A10', (event) => {
        stampOf(event)['authority_uid'] = 'gate-2';
      }),
    verdict: 'tampered',
    tampered: ['link A10', 'rewritten A10'],
    chains: ['A 1-10 sealed 8 events 10', B],
  },
  'gap-one': {
    is: 'an event is absent',
    change: (w) => w.remove('A5'),
    verdict: 'tampered',
    tampered: ['gap A6'],
    chains: ['A 1-10 sealed 4 events 9', B],
  },
  'gap-many': {
    is: 'two events are absent',
    change: (w) => w.remove('A2', 'A3'),
    verdict: 'tampered',
    tampered: ['gap A4'],
    chains: ['A 1-10 sealed 6 events 8', B],
  },
  'gap-sealed': {
    is: 'the event that a checkpoint names is absent',
    change: (w) => w.remove('A7'),
    verdict: 'tampered',
    tampered: ['gap A8'],
    chains: ['A 1-10 sealed 8 events 9', B],
  },
  'gap-export': {
    is: 'an event is absent in an export',
    change: (w) => {
      w.remove('B3');
      w.toExport();
    },
    verdict: 'tampered',
    tampered: ['gap B4'],
    chains: ['A 1-10 sealed 8 events 10', 'B 1-5 sealed 2 events 4'],
  },
  'reordered-events': {
    is: 'two events have changed places',
    change: (w) => w.move('A2', 'A3'),
    verdict: 'tampered',
    tampered: ['reordered A2'],
  },
  'reordered-behind-checkpoint': {
    is: 'an event stands behind the checkpoint over it',
    change: (w) => w.move('A6', 'C1'),
    verdict: 'tampered',
    tampered: ['reordered A6'],
  },
  'reordered-behind-chain': {
    is: 'an event stands in the next chain',
    change: (w) => w.move('A10', 'B1'),
    verdict: 'tampered',
    tampered: ['reordered A10'],
  },
  'reordered-checkpoints': {
    is: 'a checkpoint stands behind its successor',
    change: (w) => w.move('C1', 'C2'),
    verdict: 'tampered',
    tampered: ['reordered C1'],
  },
  'reordered-segments': {
    is: 'two segments have changed their numbers',
    change: (w) => {
      w.segments = [0, 2, 1].map((index) => w.segments[index] as Line[]);
    },
    verdict: 'tampered',
    tampered: [
      'reordered A7',
      'resealed C2',
      'reordered A8',
      'reordered C3',
      'resealed C3',
      'reordered A9',
      'reordered A10',
    ],
  },
  'reordered-export': {
    is: 'an export may have any order',
    change: (w) => w.toExport((lines) => lines.toSorted((a, b) => (a.text < b.text ? -1 : 1))),
    verdict: 'ok',
  },
};
