import { lineOf, parse, type Facts } from './canonical.js';
import { stubLine } from './stub.js';
import type { Case } from './vector.js';
import { data, ours, type World } from './world.js';
import { stampOf } from './writer.js';

const B = 'B 1-5 sealed 5 events 5';
/** Nothing proves number 6, nor what stands before it. */
const six = ['A 1-10 sealed 3 events 10', B];

/** An export in which events are stubs, and others stand beside. */
function stubbed(world: World, tag: string, text: string): void {
  world.toExport();
  world.replace(tag, text);
}

export const stubCases: Readonly<Record<string, Case>> = {
  'stub-in-a-log': {
    is: 'a log has a stub in the place of an event',
    change: (w) => w.replace('A6', stubLine(w.find('A6').text)),
    verdict: 'tampered',
    tampered: ['stub A6'],
    chains: six,
  },
  'stub-alone': {
    is: 'an export has a stub, and its whole nowhere',
    change: (w) => stubbed(w, 'A6', stubLine(w.find('A6').text)),
    verdict: 'incomplete',
    incomplete: ['stub A6'],
    chains: six,
  },
  'stub-of-another-content': {
    is: 'a stub beside its whole says something else',
    verdict: 'tampered',
    tampered: ['stub other'],
    change: (w) => {
      const stub = parse(stubLine(w.find('A6').text));
      data(stub)['rows'] = 0;
      w.toExport((lines) => [...lines, { ...w.find('A6'), tag: 'other', text: lineOf(stub) }]);
    },
  },
  'stub-size': {
    is: 'a stub beside its whole says another size',
    change: (w) => {
      const text = stubLine(w.find('A6').text, 99);
      w.toExport((lines) => [...lines, { ...w.find('A6'), tag: 'other', text }]);
    },
    verdict: 'tampered',
    tampered: ['stub other'],
  },
  'stub-keeps-too-much': {
    is: 'a stub beside its whole has more than a stub has',
    change: (w) => {
      const stub = parse(stubLine(w.find('A6').text));
      data(stub)['reads'] = [];
      w.toExport((lines) => [...lines, { ...w.find('A6'), tag: 'other', text: lineOf(stub) }]);
    },
    verdict: 'tampered',
    tampered: ['stub other'],
  },
  'stub-two': {
    is: 'two stubs of one event say different things',
    verdict: 'tampered',
    tampered: ['stub other'],
    incomplete: ['stub A6'],
    chains: six,
    change: (w) => {
      const stub = parse(stubLine(w.find('A6').text));
      data(stub)['note'] = 'other';
      stubbed(w, 'A6', stubLine(w.find('A6').text));
      w.after('A6', { ...w.find('A6'), tag: 'other', text: lineOf(stub) });
    },
  },
  'stub-small': {
    is: 'a stub of an event that was never too large',
    change: (w) => stubbed(w, 'A5', stubLine(w.find('A5').text)),
    verdict: 'tampered',
    tampered: ['stub A5'],
    incomplete: ['stub A5'],
    chains: ['A 1-10 sealed 4 events 10', B],
  },
  'stub-small-beside-its-whole': {
    is: 'a stub of a small event says that it was large',
    change: (w) => {
      const text = stubLine(w.find('A5').text, 9);
      w.toExport((lines) => [...lines, { ...w.find('A5'), tag: 'other', text }]);
    },
    verdict: 'tampered',
    tampered: ['stub other'],
  },
  'stub-fingerprint': {
    is: 'a stub has another fingerprint than the event that is named',
    verdict: 'tampered',
    tampered: ['rewritten C1', 'link A7'],
    incomplete: ['stub A6'],
    chains: six,
    change: (w) => {
      const stub = parse(stubLine(w.find('A6').text));
      (stampOf(stub)['fingerprint'] as Facts)['value'] = '0'.repeat(64);
      stubbed(w, 'A6', lineOf(stub));
    },
  },
  'stub-begins': {
    is: 'a stub has no event before it',
    verdict: 'tampered',
    tampered: ['restart A6'],
    incomplete: ['stub A6'],
    chains: six,
    change: (w) => {
      const stub = parse(stubLine(w.find('A6').text));
      delete stampOf(stub)['prev_event'];
      stubbed(w, 'A6', lineOf(stub));
    },
  },
  'stub-says-nothing': {
    is: 'a stub of a first event says where the chain before it ended, and nothing of that is taken',
    verdict: 'incomplete',
    incomplete: ['stub B1'],
    chains: ['A 1-10 sealed 8 events 10', 'B 1-5 sealed 4 events 5'],
    change: (w) => {
      w.forge(
        'B1',
        (event) => {
          data(event)['connections'] = Array.from({ length: 900 }, (_, index) => `warehouse-${index}`);
        },
        true,
      );
      w.reseal('C4', 'B4');
      w.reseal('C5', 'B5');
      const stub = parse(stubLine(w.find('B1').text));
      (ours(stub)['before'] as Facts)['sealed'] = 10;
      stubbed(w, 'B1', lineOf(stub));
    },
  },
};
