import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { compileFunction, constants } from 'node:vm';

type Require = (request: string) => unknown;

interface LoadedModule {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
}

/** A CommonJS package of which each file is loaded for us alone, when it is first required. */
export interface PrivateCopy {
  /** What the package exports. */
  main(): unknown;
  /** One of its own files, by a path that begins with `./` at the package's root. */
  require(path: string): unknown;
}

/**
 * Loads a CommonJS package beside the copy that `require` and `import` share: its own files have their own module
 * cache, so what it keeps in
 * module variables is not the host's, and their `process.env` is `env`, so nothing in the host's environment is set or
 * removed.
 * The packages that it depends on are the shared ones. Throws what resolving or running it throws.
 */
export function loadPrivately(name: string, env: NodeJS.ProcessEnv): PrivateCopy {
  const resolver = createRequire(import.meta.url);
  const root = dirname(resolver.resolve(`${name}/package.json`));
  const cache = new Map<string, LoadedModule>();
  const ownProcess = createProcess(env);
  const load = (filename: string): unknown => {
    const known = cache.get(filename);
    if (known !== undefined) return known.exports;
    const loaded: LoadedModule = { exports: {}, id: filename, filename };
    cache.set(filename, loaded);
    try {
      const text = readFileSync(filename, 'utf8');
      if (filename.endsWith('.json')) loaded.exports = JSON.parse(text);
      else runModule(text, loaded, createRequireFrom(filename, root, load, ownProcess), ownProcess);
      return loaded.exports;
    } catch (error) {
      cache.delete(filename);
      throw error;
    }
  };
  const own = createRequireFrom(`${root}${sep}package.json`, root, load, ownProcess);
  return { main: () => load(resolver.resolve(name)), require: own };
}

function runModule(text: string, loaded: LoadedModule, require: Require, ownProcess: NodeJS.Process): void {
  const { filename } = loaded;
  // A script may declare `process` itself: ours stands one scope further out. On one line, so that line numbers stay
  // right.
  const wrapped = `return function (exports, require, module, __filename, __dirname) {${text}\n};`;
  const outer = compileFunction(wrapped, ['process'], {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const body = (outer as (own: NodeJS.Process) => (...given: readonly unknown[]) => void)(ownProcess);
  Reflect.apply(body, loaded.exports, [loaded.exports, require, loaded, filename, dirname(filename)]);
}

/**
 * The package's own scripts come from our cache; what it depends on, native add-ons and what Node brings come from the
 * shared one.
 */
function createRequireFrom(
  filename: string,
  root: string,
  load: (path: string) => unknown,
  ownProcess: NodeJS.Process,
): Require {
  const shared = createRequire(filename);
  const require = (request: string): unknown => {
    if (request === 'process' || request === 'node:process') return ownProcess;
    const path = shared.resolve(request);
    const own =
      path.startsWith(`${root}${sep}`) &&
      !path.includes(`${sep}node_modules${sep}`, root.length) &&
      /\.(?:c?js|json)$/.test(path);
    return own ? load(path) : (shared(request) as unknown);
  };
  return Object.assign(require, { main: shared.main, resolve: shared.resolve, cache: shared.cache });
}

/** The process, but for its environment. */
function createProcess(env: NodeJS.ProcessEnv): NodeJS.Process {
  return new Proxy(process, {
    get: (target, key) => (key === 'env' ? env : (Reflect.get(target, key, target) as unknown)),
  });
}
