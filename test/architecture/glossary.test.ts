import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const sourcesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name}`);

/** What somebody who knows OAuth, Kafka, SQL and Node reads at first sight: a word that Sallyport means in its own way belongs into the glossary. */
const computing = new Set(
  `
  abort after aggregator agreed all analyzer approved approver as async attributes await awaited batch bind binds
  body bucket buffer build by cache call case cases cause cell change changed changes checkable claim clock close
  code codes collect column columns commands complete completed completes compute config connector consumer container
  copy core counter counters covers create credential cut cuts data deep default define demands denied deny
  description details detector dialects difference digest drift duplicates end ends engine entry error errors
  estimate execute expect explanation fact failed failure failures filter find flight follow format freeze gateway
  get grace group hash host id identified identify in index info input instances interval is json latest line list
  load loopback lru max measure measured memoize memory mint model mutex nearest new no not notification object
  observe observed omit once open opening operation option options output over package page parameters parse part
  parts pending permit permitted pipeline previous promised provide provider question race read reason receive
  received record recorded recover ref register registry remove replay resolution resolve restore result revoke root
  run running sample schema schemas secure select serialize settings setup sha sign signal size source start stop
  stopped storage stream subject suspend suspended system target targets that throw tighten timeout timeouts to token
  tokens tracked transport ttl undefined unknown unreviewed unwritten url usable validate value values verb version
  watch watchers with withdrawn within without
  `
    .trim()
    .split(/\s+/),
);

/** Pictures that were replaced (the words on the right stand in the glossary). */
const replaced: Readonly<Record<string, string>> = {
  clerk: 'administrator',
  crier: 'notification dispatcher',
  debts: 'pending events',
  desk: 'ticket approver',
  keeper: 'credential provider',
  lane: 'statement queue',
  lifeline: 'cancellable agent',
  notary: 'checkpoint signer',
  parcel: 'delivery message',
  patience: 'shared timeout',
  road: 'gateway context',
  scribe: 'chained log writer',
  seat: 'worker slot',
  trip: 'request context',
  troubles: 'audit health',
};

const glossary = new Set(
  [...readFileSync(join(root, 'docs/contributing/glossary.md'), 'utf8').matchAll(/^\| ([^|]+) \|/gm)].flatMap(
    ([, word = '']) => word.toLowerCase().match(/[a-z]+/g) ?? [],
  ),
);

/** `parseSecureURLs` has the words parse, secure, urls. */
function wordsOf(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
}

/** A word as it may stand in the glossary. */
function stemsOf(word: string): string[] {
  const endings = [
    ['s', ''],
    ['es', ''],
    ['ed', ''],
    ['ed', 'e'],
    ['d', ''],
    ['ies', 'y'],
    ['ing', ''],
    ['ing', 'e'],
    ['er', ''],
    ['er', 'e'],
    ['or', 'e'],
    ['ors', 'e'],
    ['ers', ''],
    ['ers', 'e'],
  ] as const;
  const ending = endings.filter(([end]) => word.endsWith(end));
  return [word, ...ending.map(([end, base]) => word.slice(0, -end.length) + base)];
}

const isKnown = (word: string): boolean => computing.has(word) || stemsOf(word).some((stem) => glossary.has(stem));
const declared = /^export (?:async )?(?:abstract )?(?:const|function\*?|class|interface|type) (\w+)/gm;

describe('the words of core', () => {
  it('files and folders have names of the glossary or of computing', () => {
    const odd = sourcesIn('src/core').flatMap((file) =>
      wordsOf(file.slice('src/core/'.length, -'.ts'.length))
        .filter((word) => !isKnown(word))
        .map((word) => `${file}: ${word}`),
    );
    expect(odd, 'add what the word means to docs/contributing/glossary.md, or take one that is there').toEqual([]);
  });

  it('exported names are made of words of the glossary or of computing', () => {
    const odd = sourcesIn('src/core').flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(declared)].flatMap(([, name = '']) =>
        wordsOf(name)
          .filter((word) => !isKnown(word))
          .map((word) => `${file}: ${name}: ${word}`),
      ),
    );
    expect(odd, 'add what the word means to docs/contributing/glossary.md, or take one that is there').toEqual([]);
  });

  it('the list of computing terms has no word that nobody uses', () => {
    const used = new Set(
      sourcesIn('src/core').flatMap((file) => [
        ...wordsOf(file.slice('src/core/'.length, -'.ts'.length)),
        ...[...readFileSync(join(root, file), 'utf8').matchAll(declared)].flatMap(([, name = '']) => wordsOf(name)),
      ]),
    );
    expect([...computing].filter((word) => !used.has(word))).toEqual([]);
  });
});

describe('pictures that were replaced', () => {
  it.each([...sourcesIn('src'), ...sourcesIn('page')].filter((file) => !file.endsWith('vectors/data.ts')))(
    '%s has none of them',
    (file) => {
      const code = readFileSync(join(root, file), 'utf8')
        .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
        .replaceAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`]*`/g, '');
      const names = [file, ...(code.match(/[A-Za-z_]\w*/g) ?? [])];
      const found = names.flatMap((name) =>
        wordsOf(name)
          .filter((word) => Object.hasOwn(replaced, word))
          .map((word) => `${name}: ${word} is ${replaced[word] as string} now`),
      );
      expect([...new Set(found)]).toEqual([]);
    },
  );
});
