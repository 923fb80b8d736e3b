import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventCatalogue, classUids } from '../../src/adapters/ocsf/event-catalogue.js';
import { ocsf } from '../../src/adapters/ocsf/index.js';
import { eventCodes, type AuditEvent, type EventCode } from '../../src/core/index.js';
import { drivenEvents, fullEvents, reserved } from '../adapters/ocsf/events.js';
import { oursSays } from '../adapters/ocsf/schema-check.js';
import { quoted, read, table } from './page.js';

const page = read('docs/siem/README.md');
const format = ocsf({ authority: 'gate-1', tenant: 'acme' });
const driven = await drivenEvents();
const lineOf = (event: AuditEvent): string =>
  format
    .write(event, { ...format.begin(), sequence: 1, id: 'x', type: 1, fingerprint: 'a'.repeat(64) })
    .lines.at(-1) as string;
const lines = driven.map(lineOf);

/** The paths of all that is in a value, the way a SIEM writes them: a list is as good as its items. */
function pathsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.length === 0 ? [path] : value.flatMap((item: unknown) => pathsOf(item, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) =>
    pathsOf(each, path === '' ? name : `${path}.${name}`),
  );
}

/** With each of their beginnings. */
const branches = (paths: Iterable<string>): ReadonlySet<string> =>
  new Set(
    [...paths].flatMap((path) => path.split('.').map((_name, index, names) => names.slice(0, index + 1).join('.'))),
  );
const really = new Set(lines.flatMap((line) => pathsOf(JSON.parse(line))));
/** Also what no gateway of the tests has: a token's id, a trace. */
const possible = branches([...really, ...fullEvents().flatMap((event) => pathsOf(JSON.parse(lineOf(event))))]);

const fields = table(page, '| path | means | example |').flatMap(([path = '']) => quoted(path));
const leftOut = quoted(/Left out of the table[\s\S]*?\n\n/.exec(page)?.[0] ?? '').flatMap((each) => [
  each,
  `unmapped.sallyport.${each}`,
]);

const told = (path: string): boolean =>
  [...fields, ...leftOut].some((each) => path === each || path.startsWith(`${each}.`));
const inGeneral = (path: string): boolean =>
  path.startsWith('unmapped.sallyport.data.') || path.startsWith('attestation_list.');

describe('the fields in siem/README.md', () => {
  it('are there', () => {
    expect(fields.length).toBeGreaterThan(60);
    expect(fields.filter((path) => !possible.has(path))).toEqual([]);
  });

  it('are all that are there, with those that it says it leaves out', () => {
    expect([...really].filter((path) => !told(path) && !inGeneral(path))).toEqual([]);
  });
});

const names = ['', 'informational', 'low', 'medium', 'high', 'critical'];

it('the events in siem/README.md are those of the catalogue, with their class, severity and alarm', () => {
  const rows = table(page, '| event code | class / type | severity | means |');
  expect(rows.flatMap(([code = '']) => quoted(code))).toEqual(
    [...eventCodes].toSorted((a, b) => orderOf(a) - orderOf(b)),
  );
  for (const [code = '', type, severity, means = ''] of rows) {
    const name = quoted(code)[0] as EventCode;
    const { class: kind, activity, severity: level, alert, message } = eventCatalogue[name];
    const uid = classUids[kind];
    expect([name, type]).toEqual([name, activity === 'kind' ? `${uid} by verb` : `${uid} / ${uid * 100 + activity}`]);
    expect([name, severity]).toEqual([name, `${level} ${names[level]}`]);
    expect([name, means.startsWith(message), /; \*\*alert\*\*|and \*\*alert\*\*/.test(means)]).toEqual([
      name,
      true,
      alert === true || name === 'statement.approval_decided',
    ]);
    expect([name, means.endsWith('Reserved')]).toEqual([name, reserved.has(name)]);
  }
});

function orderOf(code: EventCode): number {
  return Object.keys(eventCatalogue).indexOf(code);
}

it('the headers in siem/README.md are those that are sent', () => {
  const named = table(page, '| header | example |')
    .flatMap(([name = '']) => quoted(name))
    .filter((name) => !name.startsWith('sallyport_'));
  const traced = fullEvents().map(lineOf);
  const sent = new Set([...lines, ...traced].flatMap((line) => Object.keys(format.toMessage(line).headers)));
  expect([...sent].toSorted()).toEqual(named.toSorted());
});

it('record.md tells each fact of each event, and none that nobody writes', () => {
  const record = read('docs/record.md');
  const rows = table(record, '| code | when | facts in `data`, besides the common ones |');
  const common = quoted(/The common facts:[\s\S]*?\n\n/.exec(record)?.[0] ?? '').filter((each) => /^\w+$/.test(each));
  const facts = new Map(
    rows.flatMap(([codes = '', , listed = '']) => quoted(codes).map((code) => [code, quoted(listed)] as const)),
  );
  const untold = driven.flatMap(({ code, data }) =>
    Object.keys(data)
      .filter((name) => name !== 'breakGlass' && ![...common, ...(facts.get(code) ?? [])].includes(name))
      .map((name) => `${code} ${name}`),
  );
  expect([...new Set(untold)]).toEqual([]);
});

describe('detections.md', () => {
  const text = read('docs/siem/detections.md');
  const queries = [...text.matchAll(/```(?:spl|esql)\n([\s\S]*?)```/g)].map(([, query = '']) => query);

  it('asks for fields that there are', () => {
    const asked = queries.flatMap((query) =>
      [
        ...query
          .replaceAll(/"[^"]*"/g, '')
          .matchAll(
            /\b(?:metadata|actor|ai_agent|user|src_endpoint|policy|query_info|attestation_list|unmapped|session)(?:\.\w+)+/g,
          ),
      ].map(([path]) => path),
    );
    expect(new Set(asked).size).toBeGreaterThan(20);
    const known = new Set([...possible, 'metadata.is_truncated', 'unmapped.sallyport.data.percent']);
    expect([...new Set(asked)].filter((path) => !known.has(path))).toEqual([]);
  });

  it('asks in Splunk what the saved searches ask', () => {
    const saved = [...read('examples/siem/splunk/savedsearches.conf').matchAll(/^search = (.*)$/gm)].map(
      ([, search = '']) => search,
    );
    const shown = [...text.matchAll(/```spl\n([\s\S]*?)\n```/g)].map(([, query = '']) =>
      query.replaceAll('index=sallyport sourcetype="ocsf:sallyport"', '`sallyport`').replaceAll('\n', ' '),
    );
    expect(saved.toSorted()).toEqual(shown.toSorted());
  });

  it('asks for codes and reasons that there are', () => {
    const codes = [
      ...text.matchAll(/"((?:gateway|session|statement|grant|policy|config|breakglass|identity|audit)\.[a-z_]+)"/g),
    ].map(([, code]) => code);
    expect(codes.filter((code) => !(eventCodes as readonly (string | undefined)[]).includes(code))).toEqual([]);
  });
});

describe('the events that the Panther rules are tried on', () => {
  const samples = JSON.parse(
    readFileSync(new URL('../../examples/siem/panther/testdata.json', import.meta.url), 'utf8'),
  ) as Readonly<
    Record<
      string,
      {
        readonly metadata: { readonly event_code: EventCode };
        readonly unmapped: { readonly sallyport: { readonly data: object } };
      }
    >
  >;

  it.each(Object.entries(samples))('%s is one as Sallyport writes it', (_name, sample) => {
    const {
      metadata: { event_code: code },
      unmapped: {
        sallyport: { data },
      },
    } = sample;
    expect(oursSays(code, '1.9.0', sample)).toBeUndefined();
    const known = new Set(
      driven
        .filter((event) => event.code === code)
        .flatMap((event) => Object.keys((JSON.parse(lineOf(event)) as typeof sample).unmapped.sallyport.data)),
    );
    expect(Object.keys(data).filter((fact) => !known.has(fact))).toEqual([]);
  });
});
