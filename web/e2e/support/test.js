// @ts-check
// What every test has: a server, people in browser contexts of their own, and a watch on what must never happen.
import { test as base, expect } from '@playwright/test';
import { Server } from './server.js';

/**
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {import('@playwright/test').BrowserContextOptions} ContextOptions
 * @typedef {{ expectFailures(page: Page): void, open(path?: string, options?: ContextOptions): Promise<Page>,
 *   signedIn(name?: 'testuser' | 'alice', options?: ContextOptions): Promise<Page> }} People
 *   `expectFailures`: requests of this page will fail, which browsers write to the console
 */

const PASSWORDS = { testuser: 'testpass123', alice: 'alicepass123' };

/** What the browser itself writes when a request fails. */
const FAILED_REQUEST = /Failed to load resource|WebSocket connection to|net::ERR_/;

/** @type {import('@playwright/test').Fixtures<{ people: People }, { server: Server },
 *   import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions,
 *   import('@playwright/test').PlaywrightWorkerArgs & import('@playwright/test').PlaywrightWorkerOptions>} */
const fixtures = {
  server: [
    async ({}, use) => {
      const server = new Server();
      await server.start();
      await use(server);
      await server.remove();
    },
    { scope: 'worker' },
  ],
  people: async ({ browser, server }, use) => {
    /** @type {string[]} */
    const faults = [];
    /** @type {import('@playwright/test').BrowserContext[]} */
    const contexts = [];
    /** @type {WeakSet<Page>} */
    const failing = new WeakSet();
    /** @type {People} */
    const people = {
      expectFailures: (page) => void failing.add(page),
      async open(path = '/chat-ui', options = {}) {
        const context = await browser.newContext({ ...options, baseURL: server.url });
        contexts.push(context);
        const page = await context.newPage();
        page.on('console', (message) => {
          if (message.type() !== 'error') return;
          if (failing.has(page) && FAILED_REQUEST.test(message.text())) return;
          faults.push(`console: ${message.text()}`);
        });
        page.on('pageerror', (error) => faults.push(`exception: ${error.stack ?? error.message}`));
        await page.addInitScript(() => {
          document.addEventListener('securitypolicyviolation', (event) => {
            console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
          });
        });
        await page.goto(path);
        return page;
      },
      async signedIn(name = 'testuser', options = {}) {
        const page = await people.open('/chat-ui', options);
        await signIn(page, name, PASSWORDS[name]);
        return page;
      },
    };
    await use(people);
    await Promise.all(contexts.map((context) => context.close()));
    expect(faults, 'nothing on the console, no exception, no violation of the content security policy').toEqual([]);
  },
};

export const test = base.extend(fixtures);
export { expect };

/** @param {Page} page @param {string} name @param {string} password */
export async function signIn(page, name, password) {
  await page.getByLabel('Username').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Waits until the room is open and live. @param {Page} page @param {string} room */
export async function inRoom(page, room) {
  await expect(page.getByRole('heading', { level: 1, name: room, exact: true })).toBeVisible();
  await expect(page.locator('[data-scroller]')).toHaveAttribute('aria-busy', 'false');
}

/** @param {Page} page @param {string} text */
export async function say(page, text) {
  await composer(page).fill(text);
  // On a phone Enter makes a new line.
  if (await page.evaluate(() => matchMedia('(pointer: coarse)').matches)) await page.getByRole('button', { name: 'Send' }).tap();
  else await composer(page).press('Enter');
}

/** @param {Page} page */
export const composer = (page) => page.locator('#composer');

/** The rows that show a text. @param {Page} page @param {string} text */
export const rows = (page, text) => page.locator('.row').filter({ hasText: text });

/** Makes a room with as many messages, through the API. @param {Page} page a page that is signed in @param {string} name @param {number} count */
export async function filledRoom(page, name, count) {
  const call = await caller(page);
  const room = await call('POST', '/api/v1/rooms', { name, kind: 'public', topic: 'Many messages' });
  for (let index = 1; index <= count; index += 1) {
    const nonce = `${name}-${String(index).padStart(20, '0')}`;
    await call('POST', `/api/v1/rooms/${room._id}/messages`, { nonce, content: `${name} message ${index}${' and more words'.repeat(index % 7)}` });
  }
  return room;
}

/** Calls the API in a session of its own, without the browser. @param {Page} page @param {'testuser' | 'alice'} [name] */
export async function caller(page, name = 'testuser') {
  const origin = new URL(page.url()).origin;
  const opened = await fetch(`${origin}/token`, {
    method: 'POST',
    body: new URLSearchParams({ username: name, password: PASSWORDS[name] }),
  });
  const { access_token: token } = await opened.json();
  /** @param {string} method @param {string} path @param {unknown} [body] */
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(origin + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

/** A phone of middling size. @type {ContextOptions} */
export const PHONE = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
