import { parse, join, resolve } from 'node:path';
import { AccessError, readOptions, type LineKind, type OptionNames } from '../../core/index.js';

export interface FileOptions {
  /** Where events go, one line each. A path, not a symbolic link; its directory must exist. */
  readonly path: string;
  /**
   * Where checkpoints go; the same path as the events' puts them between these, as in the journal; `false` leaves them
   * out. Default beside `path`: `audit.checkpoints.jsonl` for `audit.jsonl`.
   */
  readonly checkpoints?: string | false;
  /** Where the texts of statements go, which fewer people should read. Default `false`: left out. */
  readonly text?: string | false;
  /**
   * A file is moved to `<path>.1` before a delivery that would make it longer than so many bytes. Default never:
   * rotation is left to the operator.
   */
  readonly maxBytes?: number;
  /** So many moved files stay, each one number higher; what is older is deleted, read or not. Default 8. */
  readonly keep?: number;
  /** Permissions of a file that is made here. Default 0o600. */
  readonly mode?: number;
  /** Default `file`. */
  readonly name?: string;
}

export interface Rotation {
  readonly maxBytes: number;
  readonly keep: number;
  readonly mode: number;
}

export interface FileSettings extends Rotation {
  readonly name: string;
  /** The paths in the order they are written: a text before its event, a checkpoint after what it seals. */
  readonly paths: ReadonlyMap<LineKind, string>;
}

const optionNames: OptionNames<FileOptions> = {
  path: true,
  checkpoints: true,
  text: true,
  maxBytes: true,
  keep: true,
  mode: true,
  name: true,
};

/** The options with their defaults. Throws CONFIG_INVALID. */
export function resolveSettings(given: FileOptions): FileSettings {
  const options = readOptions<FileOptions>(given, optionNames, 'file');
  const { path, text = false, maxBytes = Number.MAX_SAFE_INTEGER, keep = 8, mode = 0o600, name = 'file' } = options;
  if (typeof path !== 'string' || path === '') throw createConfigError('path is not set');
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1)
    throw createConfigError('maxBytes must be a positive whole number');
  if (!Number.isSafeInteger(keep) || keep < 1 || keep > 999) throw createConfigError('keep must be 1 to 999');
  if (!Number.isSafeInteger(mode) || mode < 0 || mode > 0o777 || (mode & 0o600) !== 0o600)
    throw createConfigError('mode must be permissions that let the owner read and write');
  const paths = new Map<LineKind, string>();
  for (const [kind, to] of [
    ['text', text],
    ['event', path],
    ['checkpoint', options.checkpoints ?? createCheckpointPath(path)],
  ] as const) {
    if (to === false) continue;
    if (typeof to !== 'string' || to === '')
      throw createConfigError(`the path for each ${kind} must be a path or false`);
    paths.set(kind, resolve(to));
  }
  return { name, paths, maxBytes, keep, mode };
}

function createCheckpointPath(path: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.checkpoints${ext}`);
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `file: ${message}`);
}
