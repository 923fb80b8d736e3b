import { describe, expect, it } from 'vitest';
import { readArguments } from '../../examples/quickstart/arguments.js';
import { Trouble } from '../../examples/quickstart/listen.js';

describe('the quick start command line', () => {
  it.each([
    [[], { mode: 'play', port: 4400, journal: './audit', engine: 'duckdb' }],
    [['--once'], { mode: 'once', port: 4400, journal: './audit', engine: 'duckdb' }],
    [['--serve', '--port', '0'], { mode: 'serve', port: 0, journal: './audit', engine: 'duckdb' }],
    [['--port=8080', '--journal', 'somewhere'], { mode: 'play', port: 8080, journal: 'somewhere', engine: 'duckdb' }],
    [['--snowflake-local'], { mode: 'play', port: 4400, journal: './audit', engine: 'snowflake-local' }],
    [['--help', '--once'], { mode: 'help', port: 4400, journal: './audit', engine: 'duckdb' }],
  ])('reads %j', (argv, expected) => {
    expect(readArguments(argv)).toEqual(expected);
  });

  it.each([
    [['--once', '--serve'], /exclude each other/],
    [['--snowflake', '--snowflake-local'], /exclude each other/],
    [['--port'], /--port/],
    [['--port', '-1'], /port/],
    [['--port', '65535'], /0 to 65534/],
    [['--port', '80a'], /0 to 65534/],
    [['--port', ''], /0 to 65534/],
    [['--port', '1e3'], /0 to 65534/],
    [['--journal', ''], /directory/],
    [['--what'], /--what/],
    [['stray'], /stray/],
  ])('refuses %j with exit code 2 and the usage', (argv, message) => {
    const trouble = caught(() => readArguments(argv));
    expect(trouble).toBeInstanceOf(Trouble);
    expect(trouble).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
    expect(trouble).toMatchObject({ message: expect.stringContaining('--journal DIR') });
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
