import type { Name, TextPosition } from './reading.js';

const positions = new WeakMap<Name, TextPosition>();

/** Remembers where a name stands; the same name again. */
export function setPosition(name: Name, place: TextPosition | undefined): Name {
  if (place !== undefined) positions.set(name, place);
  return name;
}

export function getPosition(name: Name): TextPosition | undefined {
  return positions.get(name);
}
