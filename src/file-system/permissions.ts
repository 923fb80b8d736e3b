import { stat } from 'node:fs/promises';
import { AccessError } from '../core/index.js';

const [writableByOthers, openToOthers] = [0o022, 0o077];

/**
 * That only its owner may write to a directory or file: whoever else can decides what is found there. Throws
 * CONFIG_INVALID with its mode and what mends it. Nothing is
 * looked at where there are no such modes (Windows), and what is not there is no fault.
 */
export function checkNotWritableByOthers(path: string, named: string): Promise<void> {
  return checkMode(path, named, writableByOthers, 'others than its owner may write to it');
}

/** The same for what nobody else may even read. */
export function checkNotReadableByOthers(path: string, named: string): Promise<void> {
  return checkMode(path, named, openToOthers, 'others than its owner may read it, or write to it');
}

async function checkMode(path: string, named: string, forbidden: number, why: string): Promise<void> {
  if (process.platform === 'win32') return;
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || (there.mode & forbidden) === 0) return;
  const [mode, better] = [there.mode & 0o7777, there.mode & 0o777 & ~forbidden];
  throw new AccessError(
    'CONFIG_INVALID',
    `${named} has the mode ${formatOctal(mode)}: ${why}. Run: chmod ${formatOctal(better)} ${path}`,
  );
}

function formatOctal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
