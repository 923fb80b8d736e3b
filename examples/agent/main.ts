/**
 * An agent that comes in through MCP: `npx tsx examples/agent/main.ts ["a question for the model"]`, after `npm run
 * build`. Starts the quick start's company for itself.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Trouble } from '../quickstart/listen.js';
import { openPlace, type Place } from '../quickstart/place.js';
import { say, styled } from '../quickstart/terminal.js';
import { signIn } from '../quickstart/tokens.js';
import { connect } from './connect.js';
import { work, type Told } from './loop.js';
import { modelMind, modelOf, type Model } from './model.js';
import { reviewAs } from './reviewer.js';
import { script } from './script.js';
import { SignIn } from './sign-in.js';

const question = process.argv[2] ?? 'What are the cancelled orders worth? Clear them away, and tell me what you did.';

try {
  await main(modelOf(process.env));
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

async function main(model: Model | undefined): Promise<void> {
  const journal = await mkdtemp(join(tmpdir(), 'sallyport-agent-'));
  const place = await openPlace({ port: 0, journal, engine: 'duckdb' });
  try {
    await answer(place, model);
  } finally {
    await place.close();
    await rm(journal, { recursive: true });
  }
}

async function answer({ mcp, issuer, redirectUri, directory, mount }: Place, model: Model | undefined): Promise<void> {
  const signing = new SignIn(redirectUri, (url) => signIn(url, 'alice', redirectUri), {
    ...directory.agents.orders,
    issuer,
  });
  const client = await connect(mcp, signing, async (url, why) => {
    say(`\n${styled('bold', 'A person is asked')}: ${why}\n${url}`);
    await reviewAs('bob', { issuer, redirectUri, mount }, url.slice(url.lastIndexOf('/') + 1));
    say(styled('green', 'bob agreed'));
  });
  say(
    `${styled('bold', `${directory.agents.orders.id}, for alice`)}: ${model === undefined ? 'by a script' : `by the model ${model.name}`}\n${styled('bold', 'question')}: ${question}`,
  );
  const told = await work(client, model === undefined ? script() : modelMind(model, client, question), show);
  say(`\n${styled('bold', 'answer')}: ${told}`);
  await client.close();
}

function show({ tool, args, text, isError }: Told): void {
  say(`\n${styled(isError ? 'red' : 'bold', tool)} ${styled('dim', JSON.stringify(args))}`);
  say(text.length > 1_200 ? `${text.slice(0, 1_200)} …` : text, 2);
}
