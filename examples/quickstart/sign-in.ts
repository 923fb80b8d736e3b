import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Provider } from 'oidc-provider/lib/provider.js';
import type { Person } from './directory.js';

/** The provider's sign-in page: pick who you are. No password, so it must never listen beyond this machine. */
export function signInPages(provider: Provider, people: readonly Person[]): Router {
  const router = express.Router();

  router.get('/sign-in/:uid', (request, response, next) => {
    const show = ({ params }: { params: Readonly<Record<string, unknown>> }): void => {
      response.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
      response.set('cache-control', 'no-store');
      response.type('html').send(page(String(params['client_id']), people));
    };
    provider.interactionDetails(request, response).then(show).catch(next);
  });

  router.post('/sign-in/:uid', express.urlencoded({ extended: false, limit: '1kb' }), (request, response, next) => {
    const body = request.body as { person?: unknown } | undefined;
    const person = people.find(({ id }) => id === body?.person);
    if (person === undefined) {
      response.status(400).type('text').send('no such person\n');
      return;
    }
    // The page says who asks: picking a person there is that person's consent, which clients that registered themselves
    // need.
    provider.interactionFinished(request, response, { login: { accountId: person.id }, consent: {} }).catch(next);
  });

  router.use('/sign-in', (_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(400).type('text').send('this sign-in is over; start again from the application\n');
  });
  return router;
}

function page(client: string, people: readonly Person[]): string {
  const buttons = people
    .map(({ id, name }) => `<p><button name="person" value="${escape(id)}">${escape(name)}</button></p>`)
    .join('\n');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sign in</title>
<style>body { font: 16px system-ui; margin: 10vh auto; max-width: 26rem } button { font: inherit; padding: .6rem 1rem; width: 100% }</style>
<h1>Who are you?</h1>
<p><strong>${escape(client)}</strong> asks to work for you.</p>
<form method="post">
${buttons}
</form>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
