/**
 * Copies plain data and freezes it all the way down, so that a fact cannot change after it was decided on.
 * `__proto__` keys are dropped; functions, class instances, `Date`, `Map` and cycles throw a TypeError.
 */
export function facts<T>(value: T): T {
  return copy(value, 0) as T;
}

const deepest = 64;

function copy(value: unknown, depth: number): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('facts are plain data');
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) throw new TypeError('facts nest too deep');
  if (Array.isArray(value)) return Object.freeze(value.map((item) => copy(item, depth + 1)));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('facts are plain data');
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__') continue;
    result[key] = copy((value as Record<string, unknown>)[key], depth + 1);
  }
  return Object.freeze(result);
}
