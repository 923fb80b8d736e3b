import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { apiWith } from './api.js';
import { Shell } from './shell.js';
import { readSettings, type Settings } from './settings.js';
import { arrive, isBack, leave, type SignedIn } from './sign-in.js';

interface Out {
  readonly note?: string;
  readonly grave?: boolean;
  /** Whether whoever signs in next must say who they are. */
  readonly again: boolean;
}

const expired: Out = { note: 'Your sign-in has run out. Sign in again, and you are back where you were.', again: false };

/** The way in: nobody sees anything before they have signed in. */
export function Gate(): JSX.Element {
  const [settings, setSettings] = useState<Settings>();
  const [signedIn, setSignedIn] = useState<SignedIn>();
  const [out, setOut] = useState<Out>();
  const end = (next: Out): void => {
    setSignedIn(undefined);
    setOut(next);
  };
  useEffect(() => {
    begin().then(([known, who]) => {
      setSettings(known);
      if (who === undefined) setOut({ again: false });
      else setSignedIn(who);
    }, (error: unknown) => setOut(failed(error))).catch(() => undefined);
  }, []);
  useEffect(() => {
    if (signedIn?.endsAt === undefined) return undefined;
    const ending = setTimeout(() => end(expired), Math.min(signedIn.endsAt - Date.now(), 2_000_000_000));
    return () => clearTimeout(ending);
  }, [signedIn]);
  const api = useMemo(() => (signedIn === undefined ? undefined : apiWith(signedIn.token, () => end(expired))), [signedIn]);
  if (settings !== undefined && signedIn !== undefined && api !== undefined) {
    return <Shell api={api} name={signedIn.name} scope={settings.scope} signOut={() => end({ note: 'You have signed out.', again: true })} />;
  }
  const go = async (): Promise<void> => leave(settings ?? (await readSettings()), out?.again === true);
  return <SignIn out={out} go={() => void go().catch((error: unknown) => setOut(failed(error)))} />;
}

/** The settings, and who has just come back from the provider. */
async function begin(): Promise<readonly [Settings, SignedIn | undefined]> {
  const settings = await readSettings();
  return [settings, isBack() ? await arrive(settings) : undefined];
}

function failed(error: unknown): Out {
  const { error: code = '', error_description: said = '', message = '' } = error as { readonly error?: string; readonly error_description?: string; readonly message?: string };
  return { note: `Nobody was signed in: ${[code, said].filter((each) => each !== '').join(': ') || message}`, grave: true, again: false };
}

function SignIn({ out, go }: { readonly out: Out | undefined; readonly go: () => void }): JSX.Element {
  useEffect(() => {
    document.title = 'Sign in · Sallyport';
  }, []);
  return (
    <main class="gate">
      <p class="brand">Sallyport</p>
      <h1>Review what agents ask for</h1>
      {out?.note !== undefined && <p class={out.grave === true ? 'notice notice-grave' : 'notice'} role={out.grave === true ? 'alert' : 'status'}>{out.note}</p>}
      {out === undefined ? <p class="aside" role="status">One moment …</p> : <p><button type="button" class="good" onClick={go}>Sign in</button></p>}
      <p class="aside">You sign in at your own identity provider. What it says of you is kept in this tab only, and is gone when you leave.</p>
    </main>
  );
}
