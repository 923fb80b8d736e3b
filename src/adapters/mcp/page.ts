/** How much one answer holds. */
export interface PageCaps {
  readonly items: number;
  /** As JSON. */
  readonly bytes: number;
}

/** Some of a list, in order. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next one begins; absent on the last. */
  readonly next?: number;
}

/** The page that begins at `from`: as many as the caps allow, and at least one. */
export function pageOf<T>(all: readonly T[], from: number, { items, bytes }: PageCaps): Page<T> {
  const most = Math.min(all.length, from + items);
  let size = 0;
  let end = from;
  while (end < most) {
    size += Buffer.byteLength(JSON.stringify(all[end])) + 1;
    if (size > bytes && end > from) break;
    end += 1;
  }
  return { items: all.slice(from, end), ...(end < all.length ? { next: end } : {}) };
}
