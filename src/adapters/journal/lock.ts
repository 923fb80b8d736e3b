import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AccessError } from '../../core/index.js';

/** Directories this very process holds: after a restart in a container a new process may have the old one's id. */
const held = new Set<string>();

export interface Hold {
  /** Makes sure of it again, after the directory may have been replaced. Throws CONFIG_INVALID when it now belongs to another process. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the directory for this process. Throws CONFIG_INVALID while another one that lives has it. */
export async function lock(directory: string): Promise<Hold> {
  const path = join(directory, 'lock');
  if (held.has(directory)) throw taken('this process');
  held.add(directory);
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), started: await startOf(process.pid) });
  try {
    await take(path, mine);
  } catch (error) {
    held.delete(directory);
    throw error;
  }
  return {
    renew: async () => {
      if ((await readFile(path, 'utf8').catch(() => undefined)) !== mine) await take(path, mine);
    },
    release: async () => {
      if ((await readFile(path, 'utf8').catch(() => undefined)) === mine) await rm(path, { force: true });
      held.delete(directory);
    },
  };
}

async function take(path: string, mine: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await place(path, mine)) return;
    const theirs = await readFile(path, 'utf8').catch(() => undefined);
    if (theirs !== undefined) await clear(path, theirs);
  }
  throw taken('another process');
}

/** Whole or not at all, so that neither a crash nor a full disk leaves a lock that nobody can read. False where there is one already. */
async function place(path: string, mine: string): Promise<boolean> {
  const draft = `${path}.${process.pid}.new`;
  try {
    await writeFile(draft, mine, { mode: 0o600 });
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Moves a dead owner's lock away; where it turns out to be a new owner's, puts it back. */
async function clear(path: string, theirs: string): Promise<void> {
  const owner = read(theirs);
  if (owner === undefined) throw taken('an unreadable lock file; delete it if nothing uses the directory');
  if (owner.host !== hostname()) throw taken(`a process on host ${owner.host}; delete the lock file if that is gone`);
  if (owner.pid !== process.pid && isAlive(owner.pid) && (await startOf(owner.pid)) === owner.started) throw taken(`process ${owner.pid}`);
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return; // Someone else was quicker: the next attempt will tell.
  }
  if ((await readFile(aside, 'utf8')) !== theirs) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
}

function read(text: string): Owner | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Owner;
    return Number.isSafeInteger(pid) && typeof host === 'string' && typeof started === 'string' ? { pid, host, started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, where the system tells (Linux, proc(5) field 22): an id may have been used again. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function taken(by: string): AccessError {
  return new AccessError('CONFIG_INVALID', `the journal's directory is in use by ${by}`);
}
