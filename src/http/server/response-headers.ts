/** On every answer: it is for this caller and this moment, and is what it says it is. */
export const commonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;
