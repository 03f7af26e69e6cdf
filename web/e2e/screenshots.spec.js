// @ts-check
// Pictures of every screen in light, dark and phone size, for looking at: CHINWAG_SCREENSHOTS names the folder.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHONE, caller, composer, expect, filledRoom, inRoom, rows, say, test } from './support/test.js';

const folder = process.env.CHINWAG_SCREENSHOTS ?? join(dirname(fileURLToPath(import.meta.url)), 'screenshots');

/** @type {{ name: string, options: import('@playwright/test').BrowserContextOptions, phone: boolean }[]} */
const LOOKS = [
  { name: 'light', options: { colorScheme: 'light' }, phone: false },
  { name: 'dark', options: { colorScheme: 'dark' }, phone: false },
  { name: 'phone', options: { ...PHONE, colorScheme: 'light' }, phone: true },
  { name: 'phone-dark', options: { ...PHONE, colorScheme: 'dark' }, phone: true },
];

const TALK = [
  ['alice', 'Morning! Has anybody tried the new build yet?'],
  ['testuser', 'Yes, it starts in under a second here **and** it is calm.\n\nWhat I ran:\n```\ncargo run --release -- --demo\n```'],
  ['testuser', 'The list of things to look at:\n- history, both ways\n- what happens when the server goes away\n- `kill -9` in the middle of a sentence'],
  ['alice', '> what happens when the server goes away\n\nNothing is lost. See https://example.org/timeline for how it is numbered.'],
  ['alice', '🎉🚀'],
  ['testuser', 'מצוין, this one begins from the other side'],
];

for (const { name, options, phone } of LOOKS) {
  test(`every screen can be looked at: ${name}`, async ({ people }) => {
    const page = await people.open('/chat-ui', options);
    let count = 0;
    /** @param {string} screen */
    const shoot = async (screen) => {
      count += 1;
      const file = `${name}-${String(count).padStart(2, '0')}-${screen}.png`;
      await page.screenshot({ path: join(folder, file), animations: 'disabled' });
    };
    people.expectFailures(page);
    await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
    await shoot('sign-in');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await shoot('sign-in-faults');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await shoot('sign-up');
    await page.goto('/chat-ui#/setup/token');
    await expect(page.getByRole('heading', { name: 'Set up this server' })).toBeVisible();
    await shoot('setup');
    await page.goto('/chat-ui#/sign-in');
    await page.getByRole('button', { name: 'Sign in as testuser' }).click();

    if (phone) await page.getByRole('link', { name: 'general' }).click();
    await inRoom(page, 'general');
    const room = `talk-${name}`;
    const mine = await caller(page);
    const hers = await caller(page, 'alice');
    await mine('POST', '/api/v1/rooms', { name: room, kind: 'public', topic: 'What we are building, and how it feels' });
    await mine('POST', '/api/v1/rooms', { name: `plans-${name}`, kind: 'private', topic: 'For the two of us' });
    await filledRoom(page, `busy-${name}`, 130);
    await hers('POST', `/api/v1/rooms/${room}/join`);
    await page.reload();
    await page.goto(`/chat-ui#/r/${room}`);
    await inRoom(page, room);
    await shoot('empty-room');
    for (const [who, content] of TALK) {
      await (who === 'alice' ? hers : mine)('POST', `/api/v1/rooms/${room}/messages`, { content, nonce: `talk-${Math.random().toString(36).slice(2)}-0123456789` });
    }
    await expect(rows(page, 'from the other side')).toBeVisible();
    await shoot('conversation');
    await rows(page, 'cargo run').hover();
    await shoot('row-actions');

    if (phone) await page.getByRole('link', { name: 'Back to the rooms' }).click();
    await shoot('rooms');
    await page.getByRole('button', { name: 'Create a room' }).first().click();
    await shoot('create-room');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Browse rooms' }).first().click();
    await expect(page.locator('.directory-room').first()).toBeVisible();
    await shoot('browse-rooms');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Jump to…' }).click();
    await shoot('switcher');
    await page.keyboard.press('Escape');
    await page.locator('[data-settings]').click();
    await shoot('settings');
    await page.getByRole('button', { name: 'Keyboard' }).click();
    await shoot('keys');
    await page.keyboard.press('Escape');

    await page.goto(`/chat-ui#/r/busy-${name}`);
    await inRoom(page, `busy-${name}`);
    await page.locator('[data-scroller]').evaluate((scroller) => (scroller.scrollTop -= 1_500));
    await expect(page.getByRole('button', { name: 'Jump to present' })).toBeVisible();
    await shoot('scrolled-up');
    await page.goto('/chat-ui#/r/nowhere');
    await expect(page.getByRole('heading', { name: "nowhere isn't open to you" })).toBeVisible();
    await shoot('no-such-room');

    await page.goto(`/chat-ui#/r/${room}`);
    await inRoom(page, room);
    await say(page, 'This one goes again.');
    await expect(page.locator('.row.pending')).toHaveCount(0);
    await rows(page, 'This one goes again.').locator('article').focus();
    await page.keyboard.press('Delete');
    await shoot('undo-delete');
    await page.route('**/messages', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'you may not write here' } })
        : route.continue(),
    );
    await say(page, 'This one is refused.');
    await expect(page.locator('.row.failed')).toBeVisible();
    await page.unroute('**/messages');
    await page.context().setOffline(true);
    await say(page, 'And this one waits for the network.');
    await composer(page).fill('A draft\nof two lines');
    await expect(page.locator('[data-banner]')).toBeVisible();
    await shoot('offline-failed-pending');
    await page.context().setOffline(false);
    if (phone) await page.getByRole('link', { name: 'Back to the rooms' }).click();
    else await page.getByRole('button', { name: 'Leave room' }).click();
    await shoot(phone ? 'rooms-again' : 'leave-room');
  });
}
