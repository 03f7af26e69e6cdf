// @ts-check
// People talk, and what they said stays.
import { caller, composer, expect, inRoom, rows, say, test } from './support/test.js';

test('two people see each other\'s messages at once', async ({ people }) => {
  const [first, second] = [await people.signedIn('testuser'), await people.signedIn('alice')];
  await inRoom(first, 'general');
  await inRoom(second, 'general');
  await say(first, 'Hello from testuser');
  await expect(rows(second, 'Hello from testuser')).toHaveCount(1);
  await say(second, 'Hello back from alice');
  await expect(rows(first, 'Hello back from alice')).toHaveCount(1);
  await expect(rows(first, 'Hello from testuser')).toHaveCount(1);
  await expect(first.locator('.row.pending, .row.failed')).toHaveCount(0);
  await expect(first.locator('[data-announcer]')).toContainText('alice: Hello back from alice');
});

test('one sees who comes and goes, in one quiet line', async ({ people }) => {
  const first = await people.signedIn('testuser');
  await inRoom(first, 'general');
  await say(first, 'Waiting for alice');
  const second = await people.signedIn('alice');
  await inRoom(second, 'general');
  await expect(first.locator('.came-and-went').last()).toHaveText('alice joined');
  await second.context().close();
  await expect(first.locator('.came-and-went').last()).toHaveText('alice came by');
});

test('the history is there after a restart of the server', async ({ people, server }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await say(page, 'Remember this over night');
  await expect(rows(page, 'Remember this over night').and(page.locator(':not(.pending)'))).toHaveCount(1);
  people.expectFailures(page);
  await server.kill();
  await server.start();
  await page.reload();
  await inRoom(page, 'general');
  await expect(rows(page, 'Remember this over night')).toHaveCount(1);
});

test('a message that is sent while the server is down arrives exactly once', async ({ people, server }) => {
  const [first, second] = [await people.signedIn('testuser'), await people.signedIn('alice')];
  await inRoom(first, 'general');
  await inRoom(second, 'general');
  people.expectFailures(first);
  people.expectFailures(second);
  await server.kill();
  await say(first, 'Sent into the void');
  await say(first, 'And another one');
  await expect(first.locator('.row.pending')).toHaveCount(2);
  await expect(first.locator('[data-banner]')).toContainText(/Reconnecting in \d+ s/);
  await server.start();
  await expect(rows(second, 'And another one')).toHaveCount(1, { timeout: 40_000 });
  await expect(rows(second, 'Sent into the void')).toHaveCount(1);
  await expect(first.locator('.row.pending')).toHaveCount(0, { timeout: 40_000 });
  await expect(rows(first, 'Sent into the void')).toHaveCount(1);
  await expect(first.locator('[data-banner]')).toBeHidden({ timeout: 40_000 });
  const { items } = await (await caller(first))('GET', '/api/v1/rooms/general/messages?limit=100');
  const sent = items.map((/** @type {{ content?: string }} */ { content }) => content).slice(-2);
  expect(sent).toEqual(['Sent into the void', 'And another one']);
});

test('a message that waits survives a reload of the page', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  people.expectFailures(page);
  // The message gets through to nobody, the rest of the app to everybody.
  await page.route('**/rooms/*/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await say(page, 'Written before the reload');
  await expect(page.locator('.row.pending')).toHaveCount(1);
  await page.unroute('**/rooms/*/messages');
  await page.reload();
  await inRoom(page, 'general');
  await expect(rows(page, 'Written before the reload')).toHaveCount(1);
  await expect(page.locator('.row.pending')).toHaveCount(0);
});

test('an answer that is lost on its way makes no second message', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  people.expectFailures(page);
  let lost = 0;
  await page.route('**/rooms/*/messages', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  await say(page, 'Arrived, but nobody said so');
  await expect(rows(page, 'Arrived, but nobody said so').and(page.locator(':not(.pending)'))).toHaveCount(1);
  await say(page, 'The one after it');
  await expect(rows(page, 'The one after it').and(page.locator(':not(.pending)'))).toHaveCount(1);
  expect(lost).toBe(1);
  await page.reload();
  await inRoom(page, 'general');
  await expect(rows(page, 'Arrived, but nobody said so')).toHaveCount(1);
});

test('what happened while the socket was away is caught up with', async ({ people, server }) => {
  const page = await people.signedIn('testuser');
  await inRoom(page, 'general');
  await say(page, 'To be deleted meanwhile');
  await expect(page.locator('.row.pending')).toHaveCount(0);
  people.expectFailures(page);
  await page.context().setOffline(true);
  const [mine, hers] = [await caller(page), await caller(page, 'alice')];
  const { items } = await mine('GET', '/api/v1/rooms/general/messages?limit=1');
  await mine('DELETE', `/api/v1/messages/${items[0]._id}`);
  for (let index = 1; index <= 5; index += 1) {
    await hers('POST', '/api/v1/rooms/general/messages', { content: `Missed ${index}`, nonce: `missed-${server.url.slice(-5)}-${index}-0000000` });
  }
  await page.context().setOffline(false);
  await expect(rows(page, 'Missed 5')).toHaveCount(1, { timeout: 40_000 });
  for (let index = 1; index <= 5; index += 1) await expect(rows(page, `Missed ${index}`)).toHaveCount(1);
  await expect(rows(page, 'To be deleted meanwhile')).toHaveCount(0);
  await expect(rows(page, 'Message deleted').last()).toBeVisible();
});

test('text is shown as text, and Markdown without a trace of HTML', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await say(page, '<img src=x onerror="document.title=1"> **bold** `code` [bad](javascript:alert(1)) [good](https://example.org/)');
  const row = rows(page, 'onerror');
  await expect(row.locator('strong')).toHaveText('bold');
  await expect(row.locator('code')).toHaveText('code');
  await expect(row.locator('img')).toHaveCount(0);
  await expect(row.locator('a')).toHaveCount(1);
  await expect(row.locator('a')).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(row).toContainText('<img src=x onerror="document.title=1">');
  await say(page, '🎉');
  await expect(page.locator('.large-emoji').last()).toHaveText('🎉');
});

test('a draft stays with its room, over a reload too', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await composer(page).fill('Half a thought');
  await page.reload();
  await inRoom(page, 'general');
  await expect(composer(page)).toHaveValue('Half a thought');
});
