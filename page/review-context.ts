import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.js';

/** What every view works with. */
export interface ReviewContext {
  readonly api: Api;
  /** Tells people who cannot see that something has happened. */
  readonly announce: (text: string) => void;
}

export const reviewContext = createContext<ReviewContext | undefined>(undefined);

/** What the pages need of whoever has signed in. */
export function useReviewContext(): ReviewContext {
  const review = useContext(reviewContext);
  if (review === undefined) throw new Error('nobody has signed in');
  return review;
}
