import { starsWithoutBraces } from './braced-star.js';
import { pathsToComputedIndex } from './computed-index.js';
import { viewsWithoutGrants } from './copy-grants.js';
import { undirectedJoins } from './directed-join.js';
import { untypedLambdas } from './lambda-types.js';
import { simplerPatterns } from './match-recognize.js';
import { matchesWithoutRows } from './match-rows.js';
import { nthValuesFromEitherEnd } from './nth-value.js';
import { groupsWithoutIndex } from './ordered-index.js';
import { pathsWithoutCasts } from './paths.js';
import { wordsInQuotes } from './quoted-words.js';
import { argumentsWithoutSpread } from './spread.js';
import { starsWithoutIlike } from './star-ilike.js';
import { plainTypes } from './structured-types.js';
import { cut } from './tokens.js';
import { conditionsWithoutNot } from './unary-not.js';
import { aliasBeforeWindow } from './window-clause.js';

type Rewrite = (pieces: readonly string[]) => string[];

const through = (rewrites: readonly Rewrite[]) => (text: string): string => {
  let pieces = cut(text);
  for (const rewrite of rewrites) pieces = rewrite(pieces);
  return pieces.join('');
};

/** What polyglot is asked when it does not read the text as it is: the same objects in syntax it knows. */
export const forPolyglot = through([plainTypes, argumentsWithoutSpread, groupsWithoutIndex, pathsToComputedIndex, pathsWithoutCasts, starsWithoutIlike, matchesWithoutRows, untypedLambdas, wordsInQuotes, conditionsWithoutNot]);

/** What sqlparser is asked when it does not read the text as it is: the same objects, and perhaps `stand`, in syntax it knows. */
export const forSqlparser = through([plainTypes, argumentsWithoutSpread, starsWithoutBraces, undirectedJoins, nthValuesFromEitherEnd, aliasBeforeWindow, matchesWithoutRows, simplerPatterns, viewsWithoutGrants]);

export { stand } from './match-recognize.js';
