import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { createApi } from './api.js';
import { Shell } from './shell.js';
import { readSettings, type Settings } from './settings.js';
import { completeSignIn, isSignInCallback, startSignIn, type SignedIn } from './sign-in.js';

interface SignedOutState {
  readonly note?: string;
  readonly severe?: boolean;
  /** Whether whoever signs in next must say who they are. */
  readonly forceLogin: boolean;
}

const expiredState: SignedOutState = {
  note: 'Your sign-in has run out. Sign in again, and you are back where you were.',
  forceLogin: false,
};

/** The way in: nobody sees anything before they have signed in. */
export function SignInBoundary(): JSX.Element {
  const [settings, setSettings] = useState<Settings>();
  const [signedIn, setSignedIn] = useState<SignedIn>();
  const [out, setOut] = useState<SignedOutState>();
  const end = (next: SignedOutState): void => {
    setSignedIn(undefined);
    setOut(next);
  };
  useEffect(() => {
    resumeSignIn()
      .then(
        ([known, who]) => {
          setSettings(known);
          if (who === undefined) setOut({ forceLogin: false });
          else setSignedIn(who);
        },
        (error: unknown) => setOut(createFailedState(error)),
      )
      .catch(() => undefined);
  }, []);
  useEffect(() => {
    if (signedIn?.endsAt === undefined) return undefined;
    const ending = setTimeout(() => end(expiredState), Math.min(signedIn.endsAt - Date.now(), 2_000_000_000));
    return () => clearTimeout(ending);
  }, [signedIn]);
  const api = useMemo(
    () => (signedIn === undefined ? undefined : createApi(signedIn.token, () => end(expiredState))),
    [signedIn],
  );
  if (settings !== undefined && signedIn !== undefined && api !== undefined) {
    return (
      <Shell
        api={api}
        name={signedIn.name}
        scope={settings.scope}
        signOut={() => end({ note: 'You have signed out.', forceLogin: true })}
      />
    );
  }
  const go = async (): Promise<void> => startSignIn(settings ?? (await readSettings()), out?.forceLogin === true);
  return <SignInView out={out} go={() => void go().catch((error: unknown) => setOut(createFailedState(error)))} />;
}

/** The settings, and who has just come back from the provider. */
async function resumeSignIn(): Promise<readonly [Settings, SignedIn | undefined]> {
  const settings = await readSettings();
  return [settings, isSignInCallback() ? await completeSignIn(settings) : undefined];
}

function createFailedState(error: unknown): SignedOutState {
  const {
    error: code = '',
    error_description: said = '',
    message = '',
  } = error as { readonly error?: string; readonly error_description?: string; readonly message?: string };
  return {
    note: `Nobody was signed in: ${[code, said].filter((each) => each !== '').join(': ') || message}`,
    severe: true,
    forceLogin: false,
  };
}

function SignInView({ out, go }: { readonly out: SignedOutState | undefined; readonly go: () => void }): JSX.Element {
  useEffect(() => {
    document.title = 'Sign in · Sallyport';
  }, []);
  return (
    <main class="sign-in">
      <p class="brand">Sallyport</p>
      <h1>Review what agents ask for</h1>
      {out?.note !== undefined && (
        <p
          class={out.severe === true ? 'notice notice-grave' : 'notice'}
          role={out.severe === true ? 'alert' : 'status'}
        >
          {out.note}
        </p>
      )}
      {out === undefined ? (
        <p class="aside" role="status">
          One moment …
        </p>
      ) : (
        <p>
          <button type="button" class="good" onClick={go}>
            Sign in
          </button>
        </p>
      )}
      <p class="aside">
        You sign in at your own identity provider. What it says of you is kept in this tab only, and is gone when you
        leave.
      </p>
    </main>
  );
}
