const maxComparedLength = 40;

/**
 * The known name that a misspelt one was probably meant to be: at most a third of it may differ, upper and lower case
 * apart. Undefined where none is near.
 */
export function findNearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > maxComparedLength) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const each of known) {
    const distance = computeEditDistance(name.toLowerCase(), each.toLowerCase());
    if (distance < least) [best, least] = [each, distance];
  }
  return best;
}

/**
 * Edits from one to the other: a character more, fewer or other, or two neighbours swapped (Damerau-Levenshtein,
 * optimal string alignment).
 */
function computeEditDistance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const least = Math.min(
        getCell(last, column) + 1,
        getCell(next, column - 1) + 1,
        getCell(last, column - 1) + same,
      );
      next.push(swapped ? Math.min(least, getCell(before, column - 2) + 1) : least);
    }
    [before, last] = [last, next];
  }
  return getCell(last, other.length);
}

function getCell(row: readonly number[], column: number): number {
  return row[column] ?? 0;
}
