import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Who holds a directory, as its lock file says. */
export interface LeaseOwner {
  /** Random, of this one holding. */
  readonly run: string;
  readonly pid: number;
  readonly host: string;
  /**
   * The start of the kernel and its namespace of process ids, where the system tells (Linux): `pid` means something
   * there only.
   */
  readonly realm: string;
  /** When the process started, where the system tells: an id may have been used again. */
  readonly started: string;
  /** One more with every renewal. */
  readonly beat: number;
}

const heartbeatDigits = 12;

/** All renewals of one holding are of the same length, so that one write replaces the other. */
export function formatOwner({ beat, ...rest }: LeaseOwner): string {
  return `${JSON.stringify({ ...rest, beat: String(beat).padStart(heartbeatDigits, '0') })}\n`;
}

/** Undefined for what no holder wrote. */
export function parseOwner(text: string): LeaseOwner | undefined {
  try {
    const { run, pid, host, realm, started, beat } = JSON.parse(text) as Record<keyof LeaseOwner, unknown>;
    if (
      !isString(run) ||
      !Number.isSafeInteger(pid) ||
      !isString(host) ||
      !isString(realm) ||
      !isString(started) ||
      !/^\d+$/.test(String(beat))
    )
      return undefined;
    return { run, pid: pid as number, host, realm, started, beat: Number(beat) };
  } catch {
    return undefined;
  }
}

/** This process as a holder. */
export async function describeThisProcess(run: string): Promise<LeaseOwner> {
  return {
    run,
    pid: process.pid,
    host: hostname(),
    realm: await readPidNamespace(),
    started: await readProcessStart(process.pid),
    beat: 0,
  };
}

/**
 * Whether the process of a holder surely is gone. Ids tell that within one namespace of one running kernel only: two
 * containers of one host name
 * may both have the id 1. Elsewhere nothing is proven.
 */
export async function hasExited({ pid, realm, started }: LeaseOwner): Promise<boolean> {
  if (realm === '' || realm !== (await readPidNamespace())) return false;
  return !isAlive(pid) || (await readProcessStart(pid)) !== started;
}

async function readPidNamespace(): Promise<string> {
  const [boot, space] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    readlink('/proc/self/ns/pid'),
  ]).catch(() => ['', '']);
  return boot === '' || space === '' ? '' : `${boot.trim()} ${space}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * When a process started (Linux, proc(5) fields 3 and 22); nothing of one that has ended and that nobody has waited for
 * yet.
 */
async function readProcessStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
