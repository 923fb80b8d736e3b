/** What the mount tells its page. */
export interface Settings {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly resource?: string;
}

/** This page's own address, which is also where the provider sends people back to. */
export const pageUrl = location.origin + location.pathname;

/** The mount's address. */
export const mountUrl = pageUrl.replace(/\/review$/, '');

/** Reads the settings from the mount. Throws where it does not answer. */
export async function readSettings(): Promise<Settings> {
  const answer = await fetch(`${pageUrl}/config.json`, { credentials: 'omit', cache: 'no-store' });
  if (!answer.ok) throw new Error(`the mount answered ${answer.status}`);
  return (await answer.json()) as Settings;
}
