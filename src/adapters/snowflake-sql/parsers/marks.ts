import type { Name, Place } from './reading.js';

const places = new WeakMap<Name, Place>();

/** Remembers where a name stands; the same name again. */
export function placed(name: Name, place: Place | undefined): Name {
  if (place !== undefined) places.set(name, place);
  return name;
}

export function placeOf(name: Name): Place | undefined {
  return places.get(name);
}
