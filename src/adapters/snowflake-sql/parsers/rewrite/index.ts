import { starsWithoutBraces } from './braced-star.js';
import { viewsWithoutGrants } from './copy-grants.js';
import { undirectedJoins } from './directed-join.js';
import { untypedLambdas } from './lambda-types.js';
import { simplerPatterns } from './match-recognize.js';
import { pathsWithoutCasts } from './paths.js';
import { wordsInQuotes } from './quoted-words.js';
import { starsWithoutIlike } from './star-ilike.js';
import { plainTypes } from './structured-types.js';
import { cut } from './tokens.js';
import { aliasBeforeWindow } from './window-clause.js';

type Rewrite = (pieces: readonly string[]) => string[];

const through = (rewrites: readonly Rewrite[]) => (text: string): string => {
  let pieces = cut(text);
  for (const rewrite of rewrites) pieces = rewrite(pieces);
  return pieces.join('');
};

/** What polyglot is asked when it does not read the text as it is: the same objects in syntax it knows. */
export const forPolyglot = through([plainTypes, pathsWithoutCasts, starsWithoutIlike, untypedLambdas, wordsInQuotes]);

/** What sqlparser is asked when it does not read the text as it is: the same objects, and perhaps `stand`, in syntax it knows. */
export const forSqlparser = through([plainTypes, starsWithoutBraces, undirectedJoins, aliasBeforeWindow, simplerPatterns, viewsWithoutGrants]);

export { stand } from './match-recognize.js';
