import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

type Open = (path: string, ...more: never[]) => Promise<FileHandle>;
type Rename = (from: string, to: string) => Promise<void>;

/**
 * Keeps a copy of a directory as it is before and after each step that changes a file in it: what a process leaves that
 * dies there. And, where a
 * name was given to a file and its directory not yet synced, another one as a power cut may leave it, with the name
 * still on what it was on.
 */
export class Moments {
  /** Copies, each with what came last. */
  readonly kept: { readonly step: string; readonly directory: string }[] = [];
  readonly #unsynced = new Map<string, Buffer | undefined>();
  #of: { readonly directory: string; readonly into: string } | undefined;

  /** From now on. */
  watch(directory: string, into: string): void {
    this.#of = { directory, into };
  }

  end(): void {
    this.#of = undefined;
  }

  open(real: Open): Open {
    return async (path, ...more) => {
      const handle = await real(path, ...more);
      if (!this.#has(path)) return handle;
      this.#keep(`open ${path}`);
      for (const name of ['write', 'writeFile', 'sync', 'datasync'] as const) {
        const step = Reflect.get(handle, name) as (...given: unknown[]) => Promise<unknown>;
        Reflect.set(handle, name, async (...given: unknown[]) => {
          const result = await step.apply(handle, given);
          if (name === 'sync' && statSync(path).isDirectory())
            for (const each of this.#unsynced.keys()) if (dirname(each) === path) this.#unsynced.delete(each);
          this.#keep(`${name} ${path}`);
          return result;
        });
      }
      return handle;
    };
  }

  rename(real: Rename): Rename {
    return async (from, to) => {
      if (this.#has(to) && !this.#unsynced.has(to))
        this.#unsynced.set(to, existsSync(to) ? readFileSync(to) : undefined);
      await real(from, to);
      if (this.#has(to)) this.#keep(`rename ${to}`);
    };
  }

  #has(path: string): boolean {
    return this.#of !== undefined && path.startsWith(this.#of.directory);
  }

  #keep(step: string): void {
    const copy = this.#copy(step);
    if (copy === undefined || this.#unsynced.size === 0) return;
    const cut = this.#copy(`${step}, power cut`) as string;
    for (const [path, before] of this.#unsynced) {
      const name = join(cut, path.slice((this.#of?.directory ?? '').length));
      if (before === undefined) rmSync(name);
      else writeFileSync(name, before);
    }
  }

  #copy(step: string): string | undefined {
    if (this.#of === undefined) return undefined;
    const { directory, into } = this.#of;
    const copy = join(into, String(this.kept.length));
    cpSync(directory, copy, { recursive: true });
    rmSync(join(copy, 'lock'), { force: true });
    this.kept.push({ step: step.replace(directory, ''), directory: copy });
    return copy;
  }
}
