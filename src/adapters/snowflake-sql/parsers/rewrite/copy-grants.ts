import { after, says } from './tokens.js';

/**
 * `CREATE VIEW v (a) COPY GRANTS AS …` loses COPY GRANTS, for sqlparser, which knows it before the columns only. Polyglot reads the text as it is.
 *
 * Why no object can get lost: the two words are cut once, and only before the AS that begins the view's query; no relation stands before it.
 */
export function viewsWithoutGrants(pieces: readonly string[]): string[] {
  const view = after(pieces, pieces.findIndex((piece) => says(piece, 'VIEW')));
  const query = pieces.findIndex((piece) => says(piece, 'AS'));
  const copy = pieces.findIndex((piece, at) => says(piece, 'COPY') && says(pieces[after(pieces, at)], 'GRANTS'));
  if (!says(pieces[0], 'CREATE') || copy < view || copy > query) return [...pieces];
  return pieces.filter((_piece, at) => at !== copy && at !== after(pieces, copy));
}
