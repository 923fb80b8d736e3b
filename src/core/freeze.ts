const deepest = 64;

/**
 * Plain data frozen all the way down, so that a fact cannot change after it was decided on: the value itself where it is frozen already,
 * else a frozen copy. `__proto__` keys are dropped; functions, class instances, `Date`, `Map` and cycles throw a TypeError.
 */
export function facts<T>(value: T): T {
  if (!frozen(value, 0)) return copy(value, 0) as T;
  // Who hands out frozen facts hands them out again: an identity, an analysis. A copy of ours is looked at once.
  if (typeof value === 'object' && value !== null) settled.add(value);
  return value;
}

/** Facts that are handed out again and again: looked at once, and not each time. */
export function lasting<T>(value: T): T {
  return facts(facts(value));
}

/** Objects known to be frozen all the way down, which they then are for ever. */
const settled = new WeakSet<object>();

function frozen(value: unknown, depth: number): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (settled.has(value)) return true;
  if (depth > deepest || !Object.isFrozen(value)) return false;
  if (Array.isArray(value)) return value.every((item) => frozen(item, depth + 1));
  if (!plain(value) || Object.hasOwn(value, '__proto__')) return false;
  for (const key of Object.keys(value)) {
    const own = Object.getOwnPropertyDescriptor(value, key);
    if (own?.get !== undefined || !frozen(own?.value, depth + 1)) return false;
  }
  return true;
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('facts are plain data');
  if (typeof value !== 'object' || value === null || settled.has(value)) return value;
  if (depth > deepest) throw new TypeError('facts nest too deep');
  if (Array.isArray(value)) return Object.freeze(value.map((item) => copy(item, depth + 1)));
  if (!plain(value)) throw new TypeError('facts are plain data');
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key !== '__proto__') result[key] = copy((value as Record<string, unknown>)[key], depth + 1);
  }
  return Object.freeze(result);
}

function plain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
