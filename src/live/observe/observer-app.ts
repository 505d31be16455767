/**
 * The server of the observer page. It only looks: of all requests, one does something, and that is STOP.
 *
 * 1. The Host must be this server's own, or a page of another site could read it after DNS rebinding: 403.
 * 2. The token in the path says who asks: without a known one 401. A spectator's opens nothing of an observer: 403.
 * 3. A POST must come from this very page, by its Origin: 403.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { streamSSE } from 'hono/streaming';

import { formatError } from '../../kernel/errors.ts';
import type { LiveView } from './live-view.ts';
import type { ObservedDrill } from './observed-drill.ts';
import type { ObserverFiles } from './observer-files.ts';
import { renderObserverPage, roles, type Role } from './observer-page.ts';
import { sendView, type SendLimits } from './send-view.ts';

export interface ObserverAppOptions {
  readonly tokens: Readonly<Record<Role, string>>;
  /** The values of `Host` that are this server, known once it listens. */
  readonly hosts: () => readonly string[];
  readonly drills: Readonly<Record<Role, ObservedDrill>>;
  readonly views: Readonly<Record<Role, LiveView>>;
  readonly files: ObserverFiles;
  /** Asks the process of the drill to end it in good order. @throws DrillbookError if it cannot */
  readonly stop: () => Promise<void>;
  readonly limits: SendLimits;
}

/** With more viewers than this a new one is refused. */
const mostViewers = 60;

const policy = [
  `default-src 'none'`,
  `script-src 'self' 'wasm-unsafe-eval'`,
  `style-src 'self'`,
  `connect-src 'self'`,
  `form-action 'self'`,
  `base-uri 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  // The address holds the token. With `no-referrer` a form would send no Origin.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

interface Env {
  readonly Bindings: HttpBindings;
  readonly Variables: { role: Role };
}

export function createObserverApp(options: ObserverAppOptions): Hono<Env> {
  const app = new Hono<Env>();
  app.use(ownHost(options.hosts));
  app.use('/:role/:token/*', knownToken(options.tokens));
  app.get('/:role/:token/', (c) => {
    const role = c.get('role');
    return c.html(renderObserverPage({ role, drill: options.drills[role], parts: options.views[role].draw() }));
  });
  app.get('/:role/:token/events', (c) => {
    const view = options.views[c.get('role')];
    const viewers = options.views.spectator.viewers + options.views.observer.viewers;
    if (viewers >= mostViewers) return c.text('too many viewers', 503);
    const { outgoing } = c.env;
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      outgoing.once('close', () => gone.abort());
      stream.onAbort(() => gone.abort());
      const drop = (): void => void outgoing.destroy();
      await sendView(view, { signal: gone.signal, send: (message) => stream.writeSSE(message), drop }, options.limits);
    });
  });
  app.get('/:role/:token/:file', (c) => {
    const { file } = c.req.param();
    const found = Object.hasOwn(options.files, file) ? options.files[file] : undefined;
    return found ? c.body(found.text, 200, { 'Content-Type': found.type }) : c.notFound();
  });
  app.post('/:role/:token/stop', sameOrigin(options.hosts), async (c) => {
    if (c.get('role') !== 'observer') return c.text('only an observer can stop the drill', 403);
    try {
      await options.stop();
    } catch (error) {
      return c.text(formatError(error), 409);
    }
    return c.redirect('./', 303);
  });
  // What has no token has no business here, whatever it asks for.
  app.notFound((c) => (c.get('role') === undefined ? unauthorised() : c.text('there is nothing here', 404)));
  app.onError((error) => new Response(formatError(error), { status: 500, headers: { 'Content-Type': 'text/plain' } }));
  return app;
}

function unauthorised(): Response {
  const text = 'open the address that "drillbook drill observe" printed\n';
  return new Response(text, { status: 401, headers: { ...headers, 'Content-Type': 'text/plain; charset=utf-8' } });
}

function ownHost(hosts: () => readonly string[]) {
  return createMiddleware<Env>(async (c, next) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    if (!hosts().includes(c.req.header('Host') ?? '')) return c.text('this server has another name', 403);
    await next();
    return undefined;
  });
}

function knownToken(tokens: Readonly<Record<Role, string>>) {
  return createMiddleware<Env>(async (c, next) => {
    const { role: asked, token = '' } = c.req.param() as { readonly role?: string; readonly token?: string };
    const known = roles.find((role) => isSame(tokens[role], token));
    if (!known) return unauthorised();
    if (known !== asked) return c.text('this token is for the page of another role', 403);
    c.set('role', known);
    await next();
    return undefined;
  });
}

/** A page of another site can send a POST, but not with this Origin. */
function sameOrigin(hosts: () => readonly string[]) {
  return createMiddleware<Env>(async (c, next) => {
    const origin = c.req.header('Origin') ?? '';
    const site = c.req.header('Sec-Fetch-Site') ?? 'same-origin';
    if (!hosts().some((host) => origin === `http://${host}`) || site !== 'same-origin')
      return c.text('this request comes from another page', 403);
    await next();
    return undefined;
  });
}

/** Takes the same time wherever the two differ. */
function isSame(known: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(known), digest(given));
}
