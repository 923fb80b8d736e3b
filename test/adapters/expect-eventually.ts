import { expect } from 'vitest';

/** Looks again and again until it is so, on a machine that may be busy. */
export const soon = <T>(read: () => T) => expect.poll(read, { timeout: 25_000 });
