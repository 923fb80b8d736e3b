/** How much one answer holds. */
export interface PageLimits {
  readonly items: number;
  /** As JSON. */
  readonly bytes: number;
}

/** Some of a list, in order. */
export interface ItemPage<T> {
  readonly items: readonly T[];
  /** Where the next one begins; absent on the last. */
  readonly next?: number;
}

/** The page that begins at `from`: as many as the caps allow, and at least one. */
export function createItemPage<T>(all: readonly T[], from: number, caps: PageLimits): ItemPage<T> {
  const fits = createPageFilter(caps);
  let end = from;
  while (end < all.length && fits(all[end])) end += 1;
  return { items: all.slice(from, end), ...(end < all.length ? { next: end } : {}) };
}

/** Says of one item after the other whether it has a place on a page; once one has none, none has. */
export function createPageFilter({ items, bytes }: PageLimits): (item: unknown) => boolean {
  let count = 0;
  let size = 0;
  let full = false;
  return (item) => {
    if (full) return false;
    size += Buffer.byteLength(JSON.stringify(item)) + 1;
    full = count >= items || (size > bytes && count > 0);
    if (!full) count += 1;
    return !full;
  };
}
