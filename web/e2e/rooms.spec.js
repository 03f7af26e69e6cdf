// @ts-check
// Making, finding, joining and leaving rooms, and moving between them.
import { PHONE, caller, expect, inRoom, rows, say, test } from './support/test.js';

test('a room is made, found by somebody else, and left again', async ({ people }) => {
  const [first, second] = [await people.signedIn('testuser'), await people.signedIn('alice')];
  await inRoom(first, 'general');
  await inRoom(second, 'general');
  await first.getByRole('button', { name: 'Create a room' }).first().click();
  const dialog = first.getByRole('dialog', { name: 'Create a room' });
  await dialog.getByLabel('Name').fill('Garden Talk');
  await dialog.getByLabel('What is it about?').fill('Roses and weeds');
  await dialog.getByRole('button', { name: 'Create room' }).click();
  await inRoom(first, 'garden-talk');
  await say(first, 'The roses are out');

  await second.getByRole('button', { name: 'Browse rooms' }).first().click();
  await second.getByRole('searchbox').fill('garden');
  await second.getByRole('button', { name: 'Join garden-talk' }).click();
  await inRoom(second, 'garden-talk');
  await expect(rows(second, 'The roses are out')).toHaveCount(1);
  await second.getByRole('button', { name: 'Leave room' }).click();
  await second.getByRole('dialog').getByRole('button', { name: 'Leave room' }).click();
  await inRoom(second, 'general');
  await expect(second.getByRole('link', { name: 'garden-talk' })).toHaveCount(0);
});

test('a name that is taken or wrong is refused at its field', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  people.expectFailures(page);
  await page.getByRole('button', { name: 'Create a room' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Create a room' });
  const create = dialog.getByRole('button', { name: 'Create room' });
  await create.click();
  await expect(dialog.locator('#fault-name')).toHaveText('Give the room a name.');
  await dialog.getByLabel('Name').fill('general');
  await create.click();
  await expect(dialog.locator('#fault-name')).not.toHaveText('Give the room a name.');
  await expect(dialog.locator('#fault-name')).not.toBeEmpty();
  await dialog.getByLabel('Name').fill('?!');
  await create.click();
  await expect(dialog.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Create a room' }).first()).toBeFocused();
});

test('a link to a room one isn\'t in offers to join it, and hides private ones', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  people.expectFailures(page);
  const hers = await caller(page, 'alice');
  await hers('POST', '/api/v1/rooms', { name: 'open-house', kind: 'public' });
  await hers('POST', '/api/v1/rooms', { name: 'closed-house', kind: 'private' });
  await page.goto('/chat-ui#/r/closed-house');
  await expect(page.getByRole('heading', { name: "closed-house isn't open to you" })).toBeVisible();
  await page.goto('/chat-ui#/r/open-house');
  await page.getByRole('button', { name: 'Join open-house' }).click();
  await inRoom(page, 'open-house');
  await say(page, 'Thanks for having me');
  await expect(rows(page, 'Thanks for having me').and(page.locator(':not(.pending)'))).toHaveCount(1);
});

test('on a phone the list and the room take turns', async ({ people }) => {
  const page = await people.signedIn('testuser', PHONE);
  const list = page.getByRole('navigation', { name: 'Rooms' });
  await expect(list).toBeVisible();
  await page.getByRole('link', { name: 'general' }).tap();
  await inRoom(page, 'general');
  await expect(list).toBeHidden();
  await say(page, 'From a small screen');
  await expect(rows(page, 'From a small screen').and(page.locator(':not(.pending)'))).toHaveCount(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByRole('link', { name: 'Back to the rooms' }).tap();
  await expect(list).toBeVisible();
  await page.goBack();
  await inRoom(page, 'general');
});

test('at 320 pixels nothing runs out of the page', async ({ people }) => {
  const page = await people.signedIn('testuser', { ...PHONE, viewport: { width: 320, height: 560 } });
  await page.getByRole('link', { name: 'general' }).tap();
  await inRoom(page, 'general');
  await say(page, `https://example.org/${'very-long-'.repeat(20)}`);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(await page.locator('[data-scroller]').evaluate((element) => element.scrollWidth)).toBe(320);
});

test('the theme follows the system until one is chosen, and is kept', async ({ people }) => {
  const page = await people.signedIn('testuser', { colorScheme: 'dark' });
  await inRoom(page, 'general');
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.locator('[data-settings]').click();
  await page.getByText('Light', { exact: true }).click();
  const light = await background();
  expect(light).toBe('rgb(255, 255, 255)');
  expect(dark).not.toBe(light);
  await page.reload();
  await inRoom(page, 'general');
  expect(await background()).toBe(light);
});
