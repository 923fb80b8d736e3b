const maxDepth = 64;

/**
 * Plain data frozen all the way down, so that a fact cannot change after it was decided on: the value itself where it
 * is frozen already,
 * else a frozen copy. `__proto__` keys are dropped; functions, class instances, `Date`, `Map` and cycles throw a
 * TypeError.
 */
export function deepFreeze<T>(value: T): T {
  if (!isDeepFrozen(value, 0)) return copyFrozen(value, 0) as T;
  // Who hands out frozen facts hands them out again: an identity, an analysis. A copy of ours is looked at once.
  if (typeof value === 'object' && value !== null) knownFrozen.add(value);
  return value;
}

/** Facts that are handed out again and again: looked at once, and not each time. */
export function deepFreezeOnce<T>(value: T): T {
  return deepFreeze(deepFreeze(value));
}

/** Objects known to be frozen all the way down, which they then are for ever. */
const knownFrozen = new WeakSet<object>();

function isDeepFrozen(value: unknown, depth: number): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (knownFrozen.has(value)) return true;
  if (depth > maxDepth || !Object.isFrozen(value)) return false;
  if (Array.isArray(value)) return value.every((item) => isDeepFrozen(item, depth + 1));
  if (!isPlainObject(value) || Object.hasOwn(value, '__proto__')) return false;
  for (const key of Object.keys(value)) {
    const own = Object.getOwnPropertyDescriptor(value, key);
    if (own?.get !== undefined || !isDeepFrozen(own?.value, depth + 1)) return false;
  }
  return true;
}

function copyFrozen(value: unknown, depth: number): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('facts are plain data');
  if (typeof value !== 'object' || value === null || knownFrozen.has(value)) return value;
  if (depth > maxDepth) throw new TypeError('facts nest too deep');
  if (Array.isArray(value)) return Object.freeze(value.map((item) => copyFrozen(item, depth + 1)));
  if (!isPlainObject(value)) throw new TypeError('facts are plain data');
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key !== '__proto__') result[key] = copyFrozen((value as Record<string, unknown>)[key], depth + 1);
  }
  return Object.freeze(result);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
