/** The version of this package, as package.json says it. */
export const packageVersion = '0.1.0';
