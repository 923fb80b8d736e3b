import { lineOf, parse, type Facts } from './canonical.js';
import type { Case } from './vector.js';
import { bare, sqltext, type World } from './world.js';
import { idOf, type Line } from './writer.js';

const texts = (world: World): void => {
  world.texts = true;
};
const say =
  (tag: string, said: Facts) =>
  (world: World): void =>
    world.edit(tag, (line) => {
      Object.assign(sqltext(line), said);
    });

/** A text of another event, made of one that is there. */
function textOf(world: World, from: string, event: string, at?: number): Line {
  const line = parse(world.find(from).text);
  const said = sqltext(line);
  Object.assign(
    said,
    { event, id: `${event}.${said['role'] as string}.${said['part'] as number}` },
    at !== undefined && { at },
  );
  return { tag: 'text', text: lineOf(line) };
}

const facts = (world: World, tag: string): Facts => parse(world.find(tag).text);
const uid = (world: World, tag: string): string => (facts(world, tag)['metadata'] as Facts)['uid'] as string;

export const textCases: Readonly<Record<string, Case>> = {
  'text-altered': {
    is: 'a text is another',
    change: say('TA4asked1', { text: 'drop table orders' }),
    verdict: 'tampered',
    tampered: ['text TA4asked1'],
  },
  'text-altered-part': {
    is: 'the second part of a text is another',
    change: say('TA4run2', { text: 'from salaries' }),
    verdict: 'tampered',
    tampered: ['text TA4run1'],
  },
  'text-parts-exchanged': {
    is: 'the parts of a text have changed places',
    verdict: 'tampered',
    tampered: ['text TA4run1'],
    change: (w) => {
      const [one, two] = ['TA4run1', 'TA4run2'].map((tag) => sqltext(facts(w, tag))['text'] as string) as [
        string,
        string,
      ];
      say('TA4run1', { text: two })(w);
      say('TA4run2', { text: one })(w);
    },
  },
  'text-altered-export': {
    is: 'a text in an export is another',
    change: (w) => {
      say('TA4asked1', { text: 'select 1' })(w);
      w.toExport((lines) => lines.toReversed());
    },
    verdict: 'tampered',
    tampered: ['text TA4asked1'],
  },
  'text-time': {
    is: 'a text has another time',
    change: say('TA4asked1', { at: 1 }),
    verdict: 'tampered',
    tampered: ['text TA4asked1'],
  },
  'text-session': {
    is: 'a text is of another session',
    change: say('TA4run1', { session: idOf('session') }),
    verdict: 'tampered',
    tampered: ['text TA4run1'],
  },
  'text-statement': {
    is: 'a text is of no statement',
    change: (w) =>
      w.edit('TA4asked1', (line) => {
        delete sqltext(line)['statement'];
      }),
    verdict: 'tampered',
    tampered: ['text TA4asked1'],
  },
  'text-salt': {
    is: 'the parts of a text have two salts',
    change: say('TA4run2', { salt: 'A'.repeat(43) }),
    verdict: 'tampered',
    tampered: ['text TA4run2'],
  },
  'text-salt-of-all': {
    is: 'a text has another salt',
    change: say('TA4asked1', { salt: 'A'.repeat(43) }),
    verdict: 'tampered',
    tampered: ['text TA4asked1'],
  },
  'text-parts': {
    is: 'a part says that there are more',
    change: say('TA4run2', { of: 3 }),
    verdict: 'tampered',
    tampered: ['text TA4run2'],
  },
  'text-of-none': {
    is: 'a text of an event that names none',
    change: (w) => w.after('A4', { ...textOf(w, 'TA4asked1', uid(w, 'A5'), facts(w, 'A5')['time'] as number) }),
    verdict: 'tampered',
    tampered: ['text text A 5'],
  },
  'text-second-content': {
    is: 'a text has a second content',
    change: (w) => {
      w.toExport();
      const said = parse(w.find('TA4asked1').text);
      w.after('TA4asked1', { ...w.find('TA4asked1'), tag: 'other', text: lineOf({ ...said, text: 'select 1' }) });
    },
    verdict: 'tampered',
    tampered: ['text other'],
  },
  'text-absent': {
    is: 'a text is absent, and asked for',
    change: (w) => {
      texts(w);
      w.remove('TA4asked1');
    },
    verdict: 'incomplete',
    incomplete: ['text A4'],
  },
  'text-part-absent': {
    is: 'a part of a text is absent, and asked for',
    change: (w) => {
      texts(w);
      w.remove('TA4run2');
    },
    verdict: 'incomplete',
    incomplete: ['text A4'],
  },
  'text-part-absent-unasked': {
    is: 'a part of a text is absent, and not asked for',
    change: (w) => w.remove('TA4run1'),
    verdict: 'ok',
  },
  'text-event-absent': {
    is: 'a text of an event that is absent',
    change: (w) => {
      texts(w);
      w.toExport((lines) => [...lines, bare(textOf(w, 'TA4asked1', idOf('nobody')))]);
    },
    verdict: 'incomplete',
    incomplete: ['text text'],
  },
  'text-out-of-place': {
    is: 'a text stands behind its event',
    change: (w) => w.move('TA4asked1', 'A4'),
    verdict: 'tampered',
    tampered: ['foreign TA4asked1'],
  },
  'text-far-out-of-place': {
    is: 'a text stands at the end of the log',
    change: (w) => w.move('TA4run1', 'C5'),
    verdict: 'tampered',
    tampered: ['foreign TA4run1'],
  },
};
