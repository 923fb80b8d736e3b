import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.js';

/** What every view works with. */
export interface Desk {
  readonly api: Api;
  /** Tells people who cannot see that something has happened. */
  readonly say: (text: string) => void;
}

export const DeskContext = createContext<Desk | undefined>(undefined);

/** The desk of whoever has signed in. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('nobody has signed in');
  return desk;
}
