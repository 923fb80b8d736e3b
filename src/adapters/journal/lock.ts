import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AccessError } from '../../core/index.js';
import { Lease, defaultLeaseTimes, type LeaseTimes } from './lease.js';
import { hasExited, formatOwner, parseOwner, describeThisProcess, type LeaseOwner } from './lease-owner.js';

/** Directories this very process holds. */
const heldDirectories = new Set<string>();

/**
 * Takes the directory for this process. One that another process holds is watched: where its lock file changes, that
 * one lives, and CONFIG_INVALID is thrown; where it
 * does not for `watchMs`, or its process is surely gone, it is taken over. `isForeign` looks, after the lock file was
 * gone, whether somebody else wrote meanwhile.
 */
export async function acquireLease(
  directory: string,
  isForeign: () => Promise<boolean> = async () => false,
  times: LeaseTimes = defaultLeaseTimes,
): Promise<Lease> {
  const path = join(directory, 'lock');
  if (heldDirectories.has(directory)) throw createInUseError('this process');
  heldDirectories.add(directory);
  const left = (): void => void heldDirectories.delete(directory);
  try {
    const owner = await describeThisProcess(randomUUID());
    const tookOver = await takeLockFile(path, owner, times);
    return new Lease({
      path,
      owner,
      times,
      tookOver,
      onReleased: left,
      hasForeignWrites: isForeign,
      placeLockFile: (each) => placeLockFile(path, each),
      removeLockFile: () => rm(path, { force: true }),
    });
  } catch (error) {
    left();
    throw error;
  }
}

/** True where the former holder was not heard of, and may only be asleep. */
async function takeLockFile(path: string, owner: LeaseOwner, times: LeaseTimes): Promise<boolean> {
  let tookOver = false;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await placeLockFile(path, owner)) return tookOver;
    const theirs = await readFile(path, 'utf8').catch(() => undefined);
    if (theirs !== undefined) tookOver = (await clearStaleLock(path, theirs, owner, times)) || tookOver;
  }
  throw createInUseError('another process');
}

/**
 * Whole or not at all, so that neither a crash nor a full disk leaves a lock that nobody can read. False where there is
 * one already.
 */
async function placeLockFile(path: string, owner: LeaseOwner): Promise<boolean> {
  const draft = `${path}.${owner.run}.new`;
  try {
    await writeLockFile(draft, owner);
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeLockFile(path: string, owner: LeaseOwner): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(formatOwner(owner));
  } finally {
    await file.close();
  }
}

/**
 * Moves the lock of a holder that is gone out of the way; where it turns out to be renewed or a new one's, puts it
 * back. True where that one was only not heard of.
 */
async function clearStaleLock(path: string, theirs: string, mine: LeaseOwner, times: LeaseTimes): Promise<boolean> {
  const owner = parseOwner(theirs);
  if (owner === undefined) throw createInUseError('an unreadable lock file; delete it if nothing uses the directory');
  const gone = await hasExited(owner);
  const seen = gone ? theirs : await watchLockFile(path, theirs, times);
  if (seen === undefined) return false; // Its holder has left.
  if (seen !== theirs) throw createInUseError(`process ${owner.pid} on host ${owner.host}`);
  const aside = `${path}.${mine.run}`;
  try {
    await rename(path, aside);
  } catch {
    return false; // Someone else was quicker: the next attempt will tell.
  }
  const untouched = (await readFile(aside, 'utf8')) === theirs;
  if (!untouched) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return untouched && !gone;
}

/**
 * What a lock file holds when it changes, or when it was watched long enough; undefined where it is gone. Time in which
 * this process was asleep does not
 * count: the other one may have been, too.
 */
async function watchLockFile(
  path: string,
  theirs: string,
  { watchMs, renewMs }: LeaseTimes,
): Promise<string | undefined> {
  const pauseMs = renewMs / 5;
  for (let spent = 0; spent < watchMs;) {
    const before = performance.now();
    await wait(pauseMs);
    const now = await readFile(path, 'utf8').catch(() => undefined);
    if (now !== theirs) return now;
    spent += Math.min(performance.now() - before, 2 * pauseMs);
  }
  return theirs;
}

function createInUseError(by: string): AccessError {
  return new AccessError('CONFIG_INVALID', `the journal's directory is in use by ${by}`, {
    detail: { reason: 'in_use' },
  });
}
