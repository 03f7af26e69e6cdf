// @ts-check
// Deleting, failing, paging, and links to messages.
import { caller, composer, expect, filledRoom, inRoom, rows, say, test } from './support/test.js';

test('a deleted message can be brought back for a moment, and is gone for all after it', async ({ people }) => {
  const [first, second] = [await people.signedIn('testuser'), await people.signedIn('alice')];
  await inRoom(first, 'general');
  await inRoom(second, 'general');
  await say(first, 'I take this back');
  await expect(rows(second, 'I take this back')).toHaveCount(1);
  await expect(first.locator('.row.pending')).toHaveCount(0);

  await rows(first, 'I take this back').hover();
  await first.getByRole('button', { name: 'Delete' }).click();
  await first.getByRole('button', { name: 'Undo' }).click();
  await expect(rows(first, 'I take this back')).toHaveCount(1);

  await rows(first, 'I take this back').hover();
  await first.getByRole('button', { name: 'Delete' }).click();
  await expect(first.getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(rows(second, 'I take this back')).toHaveCount(0, { timeout: 15_000 });
  await expect(rows(second, 'Message deleted').last()).toBeVisible();
  await expect(first.getByRole('button', { name: 'Undo' })).toHaveCount(0);
  await expect(rows(first, 'Message deleted').last()).toBeVisible();
  await first.reload();
  await inRoom(first, 'general');
  await expect(rows(first, 'I take this back')).toHaveCount(0);
});

test('only own messages can be deleted', async ({ people }) => {
  const [first, second] = [await people.signedIn('testuser'), await people.signedIn('alice')];
  await inRoom(first, 'general');
  await inRoom(second, 'general');
  await say(first, 'Not yours to delete');
  await rows(second, 'Not yours to delete').hover();
  await expect(second.getByRole('button', { name: 'Copy text' })).toBeVisible();
  await expect(second.getByRole('button', { name: 'Delete' })).toHaveCount(0);
});

test('a refused message says why, and can be tried again or given up', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  people.expectFailures(page);
  await page.route('**/rooms/*/messages', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'you may not write here' } })
      : route.continue(),
  );
  await say(page, 'Refused at first');
  await say(page, 'Given up');
  await expect(page.locator('.row.failed')).toHaveCount(2);
  await expect(rows(page, 'Refused at first')).toContainText('Not sent. You may not write here.');
  await rows(page, 'Given up').getByRole('button', { name: 'Delete' }).click();
  await expect(rows(page, 'Given up')).toHaveCount(0);
  // What failed is still there after a reload, and doesn't send itself.
  await page.reload();
  await inRoom(page, 'general');
  await expect(page.locator('.row.failed')).toHaveCount(1);
  await page.unroute('**/rooms/*/messages');
  await rows(page, 'Refused at first').getByRole('button', { name: 'Retry' }).click();
  await expect(page.locator('.row.failed, .row.pending')).toHaveCount(0);
  await expect(rows(page, 'Refused at first')).toHaveCount(1);
});

test('paging back through 200 messages never moves what is read', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await filledRoom(page, 'long-story', 200);
  await page.reload();
  await page.goto('/chat-ui#/r/long-story');
  await inRoom(page, 'long-story');
  await expect(rows(page, 'long-story message 200')).toBeInViewport();
  const scroller = page.locator('[data-scroller]');
  let worst = 0;
  for (let step = 0; step < 40; step += 1) {
    const moved = await scroller.evaluate(async (element) => {
      element.scrollTop -= 500;
      const top = element.getBoundingClientRect().top;
      const row = [...element.querySelectorAll('.row')].find((candidate) => candidate.getBoundingClientRect().bottom > top);
      const before = row?.getBoundingClientRect().top ?? 0;
      const key = row?.getAttribute('data-key');
      const count = element.querySelectorAll('.row').length;
      // Until the page before is here, or for a few frames if there is none to come.
      for (let frame = 0; frame < 30; frame += 1) {
        await new Promise((next) => requestAnimationFrame(next));
        if (element.querySelectorAll('.row').length !== count) break;
      }
      await new Promise((next) => requestAnimationFrame(next));
      const same = element.querySelector(`[data-key="${key}"]`);
      return same ? Math.abs(same.getBoundingClientRect().top - before) : Infinity;
    });
    worst = Math.max(worst, moved);
    if (await page.getByRole('heading', { name: 'Welcome to long-story' }).isVisible()) break;
  }
  expect(worst).toBeLessThanOrEqual(1);
  await expect(page.locator('.row')).toHaveCount(200);
  await scroller.evaluate((element) => (element.scrollTop = 0));
  await expect(rows(page, 'long-story message 1').first()).toBeInViewport();
  await page.getByRole('button', { name: 'Jump to present' }).click();
  await expect(rows(page, 'long-story message 200')).toBeInViewport();
});

test('the window never holds more than 300 rows, and pages in both directions', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await filledRoom(page, 'very-long-story', 420);
  await page.reload();
  await page.goto('/chat-ui#/r/very-long-story');
  await inRoom(page, 'very-long-story');
  const scroller = page.locator('[data-scroller]');
  await expect(async () => {
    await scroller.evaluate((element) => (element.scrollTop = 0));
    expect(await page.locator('.row').count()).toBeLessThanOrEqual(300);
    await expect(page.getByRole('heading', { name: 'Welcome to very-long-story' })).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 30_000 });
  await expect(page.locator('.row')).toHaveCount(300);
  await expect(async () => {
    await scroller.evaluate((element) => (element.scrollTop = element.scrollHeight));
    expect(await page.locator('.row').count()).toBeLessThanOrEqual(300);
    await expect(rows(page, 'very-long-story message 420')).toBeInViewport({ timeout: 200 });
  }).toPass({ timeout: 30_000 });
});

test('new messages don\'t pull away whoever reads what is older', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await filledRoom(page, 'read-in-peace', 80);
  const hers = await caller(page, 'alice');
  await hers('POST', '/api/v1/rooms/read-in-peace/join');
  await page.reload();
  await page.goto('/chat-ui#/r/read-in-peace');
  await inRoom(page, 'read-in-peace');
  await expect(rows(page, 'read-in-peace message 80')).toBeInViewport();
  const scroller = page.locator('[data-scroller]');
  // Again, if the page was still finding its place.
  await expect(async () => {
    await scroller.evaluate((element) => (element.scrollTop = element.scrollHeight - element.clientHeight - 700));
    await expect(page.getByRole('button', { name: 'Jump to present' })).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 10_000 });
  // Where a row is on the screen: `scrollTop` changes when the page before is put above it.
  const before = await scroller.evaluate((element) => {
    const top = element.getBoundingClientRect().top;
    const row = [...element.querySelectorAll('.row')].find((candidate) => candidate.getBoundingClientRect().top >= top);
    return { key: row?.getAttribute('data-key'), top: row?.getBoundingClientRect().top ?? NaN };
  });
  for (let index = 1; index <= 3; index += 1) {
    await hers('POST', '/api/v1/rooms/read-in-peace/messages', { content: `News ${index}`, nonce: `read-in-peace-news-${index}-00000` });
  }
  await page.getByRole('button', { name: '3 new messages' }).waitFor();
  const after = await page.locator(`[data-key="${before.key}"]`).evaluate((row) => row.getBoundingClientRect().top);
  expect(Math.abs(after - before.top)).toBeLessThanOrEqual(1);
  await page.getByRole('button', { name: '3 new messages' }).click();
  await expect(rows(page, 'News 3')).toBeInViewport();
  await composer(page).fill('one\ntwo\nthree\nfour');
  await expect(rows(page, 'News 3')).toBeInViewport({ ratio: 1 });
});

test('a link to a message opens its surroundings', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  const room = await filledRoom(page, 'linked-story', 180);
  const call = await caller(page);
  const { items } = await call('GET', `/api/v1/rooms/${room._id}/messages?around=40&limit=1`);
  await page.goto(`/chat-ui#/r/linked-story/m/${items[0]._id}`);
  const row = rows(page, items[0].content).first();
  await expect(row).toBeInViewport();
  await expect(row.locator('article')).toBeFocused();
  await page.getByRole('button', { name: 'Jump to present' }).click();
  await expect(rows(page, 'linked-story message 180')).toBeInViewport();
});
