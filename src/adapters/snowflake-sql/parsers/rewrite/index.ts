import { removeStarBraces } from './braced-star.js';
import { shortenPathsToIndex } from './computed-index.js';
import { removeCopyGrants } from './copy-grants.js';
import { removeDirected } from './directed-join.js';
import { removeLambdaTypes } from './lambda-types.js';
import { simplifyPatterns } from './match-recognize.js';
import { removeMatchRowClauses } from './match-rows.js';
import { removeFromFirstLast } from './nth-value.js';
import { removeOrderedIndex } from './ordered-index.js';
import { removePathCasts } from './paths.js';
import { quoteWords } from './quoted-words.js';
import { removeSpread } from './spread.js';
import { removeStarIlike } from './star-ilike.js';
import { simplifyTypes } from './structured-types.js';
import { splitPieces } from './pieces.js';
import { removeUnaryNot } from './unary-not.js';
import { addAliasBeforeWindow } from './window-clause.js';

type Rewrite = (pieces: readonly string[]) => string[];

const composeRewrites =
  (rewrites: readonly Rewrite[]) =>
  (text: string): string => {
    let pieces = splitPieces(text);
    for (const rewrite of rewrites) pieces = rewrite(pieces);
    return pieces.join('');
  };

/** What polyglot is asked when it does not read the text as it is: the same objects in syntax it knows. */
export const rewriteForPolyglot = composeRewrites([
  simplifyTypes,
  removeSpread,
  removeOrderedIndex,
  shortenPathsToIndex,
  removePathCasts,
  removeStarIlike,
  removeMatchRowClauses,
  removeLambdaTypes,
  quoteWords,
  removeUnaryNot,
]);

/**
 * What sqlparser is asked when it does not read the text as it is: the same objects, and perhaps `stand`, in syntax it
 * knows.
 */
export const rewriteForSqlparser = composeRewrites([
  simplifyTypes,
  removeSpread,
  removeStarBraces,
  removeDirected,
  removeFromFirstLast,
  addAliasBeforeWindow,
  removeMatchRowClauses,
  simplifyPatterns,
  removeCopyGrants,
]);

export { syntheticRelation } from './match-recognize.js';
