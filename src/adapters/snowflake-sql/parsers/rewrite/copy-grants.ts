import { findNext, isKeyword } from './pieces.js';

/**
 * `CREATE VIEW v (a) COPY GRANTS AS …` loses COPY GRANTS, for sqlparser, which knows it before the columns only.
 * Polyglot reads the text as it is.
 *
 * Why no object can get lost: the two words are cut once, and only before the AS that begins the view's query; no
 * relation stands before it.
 */
export function removeCopyGrants(pieces: readonly string[]): string[] {
  const view = findNext(
    pieces,
    pieces.findIndex((piece) => isKeyword(piece, 'VIEW')),
  );
  const query = pieces.findIndex((piece) => isKeyword(piece, 'AS'));
  const copy = pieces.findIndex(
    (piece, at) => isKeyword(piece, 'COPY') && isKeyword(pieces[findNext(pieces, at)], 'GRANTS'),
  );
  if (!isKeyword(pieces[0], 'CREATE') || copy < view || copy > query) return [...pieces];
  return pieces.filter((_piece, at) => at !== copy && at !== findNext(pieces, copy));
}
