import { lineOf, parse, type Facts } from './canonical.js';
import type { Case } from './vector.js';
import { data, metadata, ours, type World } from './world.js';
import { named, seal, stampOf } from './writer.js';

const B = 'B 1-5 sealed 5 events 5';
/** Event 5 is proven by nothing: 6 to 9 are. */
const five = ['A 1-10 sealed 4 events 10', B];

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

export const alteredCases: Readonly<Record<string, Case>> = {
  'altered-content': {
    is: 'a fact is another',
    change: (w) => w.edit('A5', lie),
    verdict: 'tampered',
    tampered: ['altered A5'],
    chains: five,
  },
  'altered-first': {
    is: 'the first event of all',
    change: (w) =>
      w.edit('A1', (event) => {
        data(event)['connections'] = [];
      }),
    verdict: 'tampered',
    tampered: ['altered A1'],
    chains: ['A 1-10 sealed 8 events 10', B],
  },
  'altered-time': {
    is: 'an event happened earlier',
    change: (w) =>
      w.edit('A5', (event) => {
        event['time'] = 1;
      }),
    verdict: 'tampered',
    tampered: ['altered A5'],
    chains: five,
  },
  'altered-actor-added': {
    is: 'a member was added',
    change: (w) =>
      w.edit('A5', (event) => {
        event['actor'] = { user: { uid: 'idp:mallory' } };
      }),
    verdict: 'tampered',
    tampered: ['altered A5'],
    chains: five,
  },
  'altered-prototype': {
    is: 'a member `__proto__` was added, which some parsers lose',
    change: (w) => w.replace('A5', w.find('A5').text.replace('"data":{', '"data":{"__proto__":{"rows":0},')),
    verdict: 'tampered',
    tampered: ['altered A5'],
    chains: five,
  },
  'altered-unicode': {
    is: 'a letter is written in another normal form',
    change: (w) =>
      w.edit('A2', (event) => {
        (data(event)['odd'] as Facts)['text'] = ((data(event)['odd'] as Facts)['text'] as string).normalize('NFD');
      }),
    verdict: 'tampered',
    tampered: ['altered A2'],
    chains: ['A 1-10 sealed 7 events 10', B],
  },
  'altered-unseen': {
    is: 'a character that is not seen is gone',
    change: (w) => w.replace('A2', w.find('A2').text.replace('\\u200b', '')),
    verdict: 'tampered',
    tampered: ['altered A2'],
    chains: ['A 1-10 sealed 7 events 10', B],
  },
  'altered-number': {
    is: 'the last digit of a number is another',
    change: (w) => w.replace('A2', w.find('A2').text.replace('333333333.3333333', '333333333.3333334')),
    verdict: 'tampered',
    tampered: ['altered A2'],
    chains: ['A 1-10 sealed 7 events 10', B],
  },
  'altered-fingerprint': {
    is: 'the fingerprint itself is another',
    change: (w) =>
      w.edit('A5', (event) => {
        (stampOf(event)['fingerprint'] as Facts)['value'] = '0'.repeat(64);
      }),
    verdict: 'tampered',
    tampered: ['altered A5'],
    chains: five,
  },
  'altered-link': {
    is: 'an event names another before it',
    change: (w) =>
      w.edit('A5', (event) => {
        ((stampOf(event)['prev_event'] as Facts)['fingerprint'] as Facts)['value'] = '0'.repeat(64);
      }),
    verdict: 'tampered',
    tampered: ['altered A5'],
    chains: five,
  },
  'altered-before': {
    is: 'a first event vouches for more than its writer did',
    change: (w) =>
      w.edit('B1', (event) => {
        (ours(event)['before'] as Facts)['sealed'] = 10;
      }),
    verdict: 'tampered',
    tampered: ['altered B1'],
    chains: ['A 1-10 sealed 8 events 10', 'B 1-5 sealed 4 events 5'],
  },
  'altered-texts': {
    is: 'an event names no texts any more',
    change: (w) =>
      w.edit('A4', (event) => {
        delete ours(event)['texts'];
      }),
    verdict: 'tampered',
    tampered: ['altered A4'],
    chains: ['A 1-10 sealed 5 events 10', B],
  },
  'altered-number-of-event': {
    is: 'an event has the number of the one behind it',
    change: (w) =>
      w.edit('A5', (event) => {
        metadata(event)['sequence'] = 6;
      }),
    verdict: 'tampered',
    tampered: ['altered A5 A 6', 'gap A6'],
    chains: ['A 1-10 sealed 4 events 9', B],
  },
};
