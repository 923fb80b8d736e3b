import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { vectors, type Vector } from 'sallyport/ocsf/vectors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify as ours } from '../../src/cli/audit/verify.js';
import { UsageError } from '../../src/cli/exit-codes.js';
import { vectorsText } from '../../tools/vectors/data.js';
import { changeAtRandom } from './random-changes.js';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'examples/verify');
const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Found {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

function writeAll(all: readonly Vector[]): void {
  for (const { name, files, binary } of all) {
    for (const [file, text] of Object.entries(files)) {
      const path = join(folder, name, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, binary.includes(file) ? Buffer.from(text, 'base64') : text);
    }
  }
}

beforeAll(() => writeAll(vectors));

/** Whether a program is there. Under CI=true it has to be. */
function has(program: string, ...version: readonly string[]): boolean {
  const found = spawnSync(program, version, { stdio: 'ignore' }).status === 0;
  if (!found && process.env['CI'] === 'true') throw new Error(`no ${program} for the tests`);
  if (!found) console.log(`tests with ${program} are skipped: it is not there`);
  return found;
}

function argumentsOf({ paths, jwks, anchors, texts }: Vector): readonly string[] {
  return [
    ...(jwks === undefined ? [] : ['--jwks', jwks]),
    ...(anchors === undefined ? [] : ['--anchors', anchors]),
    ...(texts ? ['--texts'] : []),
    ...paths,
  ];
}

const linesOf = (output: string): readonly string[] => output.split('\n').filter((line) => line !== '');

function verify(vector: Vector, command: readonly string[]): Promise<Found> {
  const [program, ...first] = command as readonly [string, ...string[]];
  return new Promise((resolve, reject) => {
    execFile(program, [...first, ...argumentsOf(vector)], { cwd: join(folder, vector.name) }, (error, stdout) => {
      if (typeof error?.code === 'string') reject(error);
      else resolve({ exitCode: error?.code ?? 0, lines: linesOf(stdout) });
    });
  });
}

// Python starts slowly: one process verifies all.
const driver = `
import contextlib, io, json, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import verify
found = {}
for name, given in json.load(sys.stdin).items():
    os.chdir(os.path.join(sys.argv[2], name))
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        found[name] = {"exitCode": verify.main(given), "lines": out.getvalue().splitlines()}
json.dump(found, sys.stdout)
`;

function foundByPython(all: readonly Vector[] = vectors): Readonly<Record<string, Found>> {
  const input = JSON.stringify(Object.fromEntries(all.map((vector) => [vector.name, argumentsOf(vector)])));
  const { stdout, stderr } = spawnSync('python3', ['-c', driver, join(examples, 'python'), folder], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Readonly<Record<string, Found>>;
}

/** What a verifier finds in all vectors, by name. */
async function foundBy(...command: readonly string[]): Promise<Readonly<Record<string, Found>>> {
  const found = new Map<string, Found>();
  const waiting = [...vectors];
  const next = async (): Promise<void> => {
    for (let vector = waiting.pop(); vector !== undefined; vector = waiting.pop())
      found.set(vector.name, await verify(vector, command));
  };
  await Promise.all([next(), next()]);
  return Object.fromEntries(found);
}

const expected = Object.fromEntries(
  vectors.map(({ name, expected: { exitCode, lines } }) => [name, { exitCode, lines }]),
);

describe('the vectors', () => {
  it('are what the tool makes', () => {
    expect(
      readFileSync(join(root, 'src/adapters/ocsf/vectors/data.ts'), 'utf8') === vectorsText(),
      'npm run vectors',
    ).toBe(true);
  });

  it('have each kind of problem several times', () => {
    const page = readFileSync(join(root, 'docs/record-format.md'), 'utf8');
    const kinds = [...page.matchAll(/^\| `(\w+)` \| (tampered|incomplete) \|/gm)].map(
      ([, kind, verdict]) => `${verdict as string} ${kind as string}`,
    );
    const told = vectors.flatMap((vector) => [
      ...new Set(vector.expected.lines.map((line) => line.split(' ').slice(0, 2).join(' '))),
    ]);
    expect(kinds.length).toBeGreaterThan(25);
    expect(kinds.filter((kind) => told.filter((each) => each === kind).length < 2)).toEqual([]);
  });
});

/** Lines that are made to be too much: each is told, and nothing breaks. */
function hostile(): Vector {
  const lines = [
    vectors[0]?.files['log/journal-00000001.jsonl']?.split('\n')[3] as string,
    'x'.repeat(17 * 2 ** 20),
    `"${'x'.repeat(2 ** 24 - 2)}"`,
    '9'.repeat(2 ** 20),
    '['.repeat(2 ** 20),
    `{"a":${'{"a":'.repeat(5000)}`,
    `${'A'.repeat(2 ** 20)}.A.A`,
  ];
  mkdirSync(join(folder, 'hostile'), { recursive: true });
  writeFileSync(join(folder, 'hostile/export.jsonl'), lines.join('\n'));
  const told = lines
    .slice(1)
    .map(
      (_, index) =>
        `${index === lines.length - 2 ? 'incomplete torn' : 'tampered foreign'} export.jsonl:${index + 2} - -`,
    );
  return {
    name: 'hostile',
    description: '',
    files: {},
    binary: [],
    paths: ['export.jsonl'],
    texts: false,
    expected: { verdict: 'tampered', exitCode: 1, lines: [...told, 'verdict tampered'] },
  };
}

const ran = (command: string, args: readonly string[], cwd: string): string => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' },
  });
  return status === 0 ? '' : stdout + stderr;
};

describe.skipIf(!has('python3', '--version'))('the verifier in Python', () => {
  it('tells of each vector what the page says', () => {
    expect(foundByPython()).toEqual(expected);
  }, 300_000);

  it('is a command', async () => {
    const tampered = vectors.find(({ name }) => name === 'altered-content') as Vector;
    expect(await verify(tampered, ['python3', '-B', join(examples, 'python/verify.py')])).toEqual(
      expected[tampered.name],
    );
  }, 60_000);

  it('reads what is too much', async () => {
    const given = hostile();
    expect(await verify(given, ['python3', '-B', join(examples, 'python/verify.py')])).toEqual({
      exitCode: given.expected.exitCode,
      lines: given.expected.lines,
    });
  }, 120_000);

  it('passes its own tests', () => {
    expect(ran('python3', ['-B', '-m', 'unittest', '-q'], join(examples, 'python'))).toBe('');
  }, 60_000);
});

/** `sallyport audit verify --lines`, in this process. */
async function foundByUs(vector: Vector): Promise<Found> {
  const stdout = new PassThrough({ encoding: 'utf8', highWaterMark: 2 ** 24 });
  const at = (name: string): string => join(folder, vector.name, name);
  const options = [
    ...(vector.jwks === undefined ? [] : ['--jwks', at(vector.jwks)]),
    ...(vector.anchors === undefined ? [] : ['--anchors', at(vector.anchors)]),
    ...(vector.texts ? ['--texts'] : []),
  ];
  try {
    const exitCode = await ours([...options, '--lines', ...vector.paths.map(at)], {
      stdin: process.stdin,
      stdout,
      stderr: stdout,
    });
    return { exitCode, lines: linesOf((stdout.read() as string | null) ?? '') };
  } catch (error) {
    if (error instanceof UsageError) return { exitCode: 3, lines: [] };
    throw error;
  }
}

describe('our own verifier', () => {
  it('tells of each vector what the page says', async () => {
    const found = new Map<string, Found>();
    for (const vector of vectors) found.set(vector.name, await foundByUs(vector));
    expect(Object.fromEntries(found)).toEqual(expected);
  }, 300_000);
});

// `npm run vectors:random` takes more of them, and another seed each time.
const [seed, count] = [Number(process.env['VECTORS_SEED'] ?? 20_261_201), Number(process.env['VECTORS_COUNT'] ?? 200)];

describe.skipIf(!has('python3', '--version'))(`records changed at random (VECTORS_SEED=${seed})`, () => {
  it('get the same verdict from our verifier and from the one in Python, and mostly line by line', async () => {
    const changed = changeAtRandom(vectors, seed, count);
    writeAll(changed);
    const theirs = foundByPython(changed);
    let same = 0;
    for (const vector of changed) {
      const [found, other] = [await foundByUs(vector), theirs[vector.name]];
      if (JSON.stringify(found) === JSON.stringify(other)) same += 1;
      else
        expect({ changes: vector.changes, exitCode: found.exitCode }).toEqual({
          changes: vector.changes,
          exitCode: other?.exitCode,
        });
    }
    console.log(`${same} of ${count} records are told line by line alike`);
    expect(same / count).toBeGreaterThan(0.9);
  }, 600_000);
});

describe('the record of the quick start', () => {
  it('is whole for each verifier', async () => {
    const journal = join(folder, 'quickstart');
    const told = ran(
      process.execPath,
      [join(root, 'node_modules/tsx/dist/cli.mjs'), 'examples/quickstart/main.ts', '--once', '--journal', journal],
      root,
    );
    expect(told).toBe('');
    const given: Vector = {
      name: 'quickstart',
      description: '',
      files: {},
      binary: [],
      paths: ['.'],
      jwks: 'jwks.json',
      texts: true,
      expected: { verdict: 'ok', exitCode: 0, lines: [] },
    };
    const found = [await foundByUs(given)];
    if (has('python3', '--version'))
      found.push(await verify(given, ['python3', '-B', join(examples, 'python/verify.py')]));
    if (has('go', 'version')) {
      expect(ran('go', ['build', '-o', join(folder, 'verify'), '.'], join(examples, 'go'))).toBe('');
      found.push(await verify(given, [join(folder, 'verify')]));
    }
    expect(found[0]?.lines.at(-1)).toBe('verdict ok');
    for (const each of found) expect(each).toEqual(found[0]);
  }, 300_000);
});

describe.skipIf(!has('go', 'version'))('the verifier in Go', () => {
  it('tells of each vector what the page says', async () => {
    const program = join(folder, 'verify');
    expect(ran('go', ['build', '-o', program, '.'], join(examples, 'go'))).toBe('');
    expect(await foundBy(program)).toEqual(expected);
    const given = hostile();
    expect(await verify(given, [program])).toEqual({ exitCode: given.expected.exitCode, lines: given.expected.lines });
  }, 300_000);

  it('passes its own tests', () => {
    expect(ran('go', ['vet', '.'], join(examples, 'go')) + ran('go', ['test', '.'], join(examples, 'go'))).toBe('');
  }, 300_000);
});
