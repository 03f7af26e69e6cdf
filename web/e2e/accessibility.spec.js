// @ts-check
// axe finds nothing on any screen, light, dark and on a phone.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PHONE, composer, expect, inRoom, rows, say, test } from './support/test.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {[string, import('@playwright/test').BrowserContextOptions][]} */
const LOOKS = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['phone', PHONE],
  ['forced colours', { forcedColors: 'active' }],
];

for (const [name, options] of LOOKS) {
  test(`axe finds nothing on any screen: ${name}`, async ({ people }) => {
    // axe is brought in past the content security policy, which keeps out all scripts but ours.
    const page = await people.open('/chat-ui', { ...options, bypassCSP: true, reducedMotion: 'reduce' });
    people.expectFailures(page);
    /** @param {string} screen */
    const check = async (screen) => {
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const results = await /** @type {any} */ (globalThis).axe.run(document);
        return results.violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ node) => node.html).join(' | ')}`);
      });
      expect(violations, screen).toEqual([]);
    };
    await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
    await check('sign in');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await check('sign in with faults');
    await page.goto('/chat-ui#/sign-up');
    await check('sign up');
    await page.goto('/chat-ui#/setup/token');
    await check('set-up');
    await page.goto('/chat-ui#/r/general');
    await page.getByRole('button', { name: 'Sign in as testuser' }).click();
    await inRoom(page, 'general');
    await say(page, '**Markdown** with `code`, a [link](https://example.org)\n```\nblock\n```\n> quote\n\n- list');
    await expect(page.locator('.row.pending')).toHaveCount(0);
    await rows(page, 'Markdown').last().locator('article').focus();
    await check('conversation');
    await page.keyboard.press('Delete');
    await check('undo');
    await page.route('**/rooms/*/messages', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'no' } }) : route.continue(),
    );
    await say(page, 'Refused');
    await expect(page.locator('.row.failed')).toHaveCount(1);
    await check('failed');
    await composer(page).fill('x'.repeat(4_010));
    await check('too long');
    await page.getByRole('button', { name: 'Leave room' }).click();
    await check('leave');
    await page.keyboard.press('Escape');
    await page.goto('/chat-ui#/');
    if (name === 'phone') await check('rooms');
    await page.goto('/chat-ui#/r/nowhere');
    await expect(page.getByRole('heading', { name: "nowhere isn't open to you" })).toBeVisible();
    await check('no such room');
    if (name === 'phone') await page.goto('/chat-ui#/');
    await page.getByRole('button', { name: 'Create a room' }).first().click();
    await check('create a room');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Browse rooms' }).first().click();
    await expect(page.locator('.directory-room').first()).toBeVisible();
    await check('browse');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Jump to…' }).click();
    await check('switcher');
    await page.keyboard.press('Escape');
    await page.locator('[data-settings]').click();
    await check('settings');
    await page.getByRole('button', { name: 'Keyboard' }).click();
    await check('keys');
  });
}
