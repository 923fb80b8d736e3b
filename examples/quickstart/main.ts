import { once } from 'node:events';
import { AccessError } from 'sallyport';
import { readArguments, usage, type Arguments } from './arguments.js';
import { printByHand } from './by-hand.js';
import { Trouble } from './listen.js';
import { openPlace } from './place.js';
import { play } from './play.js';
import { word } from './shell.js';
import { say } from './terminal.js';

async function main(argv: readonly string[]): Promise<void> {
  const { mode, port, journal, kafka, engine } = readArguments(argv);
  if (mode === 'help') return say(usage);
  const place = await openPlace({ port, journal, engine, ...(kafka === undefined ? {} : { kafka }) });
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(
    () => 'interrupted' as const,
  );
  try {
    const ended = mode === 'serve' ? undefined : await Promise.race([play(place), interrupted]);
    if (ended === 'interrupted') throw new Trouble('\ninterrupted', 130);
    if (mode !== 'once') {
      printByHand(place);
      await interrupted;
      say('\nclosing every session …');
    }
  } finally {
    await place.close();
  }
  printProof({ journal, ...(kafka === undefined ? {} : { kafka }) });
}

/** How to see for oneself that nobody changed the record. */
function printProof({ journal, kafka }: Pick<Arguments, 'journal' | 'kafka'>): void {
  say(`\nThe record is in ${journal}, chained and sealed. Is it as it was written?`);
  say(`npx sallyport audit verify ${word(journal)}`, 2);
  if (kafka !== undefined) say(`npx sallyport audit verify --kafka ${kafka} --jwks ${word(`${journal}/jwks.json`)}`, 2);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Trouble) && !AccessError.is(error)) throw error;
  process.stderr.write(error instanceof Trouble ? `${error.message}\n` : `${error.code}: ${error.message}\n`);
  process.exitCode = error instanceof Trouble ? error.exitCode : 1;
}
