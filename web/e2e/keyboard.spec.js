// @ts-check
// Everything without a mouse.
import { caller, composer, expect, inRoom, rows, test } from './support/test.js';

test('one can sign in, talk and sign out with the keyboard alone', async ({ people }) => {
  const page = await people.open();
  await expect(page.getByLabel('Username')).toBeFocused();
  await page.keyboard.type('testuser');
  await page.keyboard.press('Tab');
  await page.keyboard.type('testpass123');
  await page.keyboard.press('Enter');
  await inRoom(page, 'general');
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type('Typed, not clicked');
  await page.keyboard.press('Enter');
  const row = rows(page, 'Typed, not clicked').last();
  await expect(row).not.toHaveClass(/pending/);

  // Into the messages, to the actions of the last one, and back.
  await page.keyboard.press('ArrowUp');
  await expect(row.locator('article')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Copy text' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: 'Copy link' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(row.locator('article')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(page.getByRole('button', { name: 'Undo' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(row.locator('article')).toBeFocused();
  await expect(row).toContainText('Typed, not clicked');

  // Round the parts of the window with F6, to the sidebar's last button.
  await page.keyboard.press('F6');
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press('F6');
  await expect(page.getByRole('navigation', { name: 'Rooms' })).toBeFocused();
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press('Tab');
    if (await page.locator('[data-settings]').evaluate((button) => button === document.activeElement)) break;
  }
  await page.keyboard.press('Enter');
  const signOut = page.getByRole('button', { name: 'Sign out' });
  for (let step = 0; step < 10 && !(await signOut.evaluate((button) => button === document.activeElement)); step += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  await expect(page.getByLabel('Username')).toBeFocused();
});

test('Ctrl+K goes to a room, and Alt with the arrows to its neighbours', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  const call = await caller(page);
  for (const name of ['alpha-keys', 'zulu-keys']) await call('POST', '/api/v1/rooms', { name, kind: 'public' });
  await page.reload();
  await inRoom(page, 'general');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('zulu');
  await page.keyboard.press('Enter');
  await inRoom(page, 'zulu-keys');
  await page.keyboard.press('Alt+ArrowDown');
  await inRoom(page, 'alpha-keys');
  await page.keyboard.press('Alt+ArrowUp');
  await inRoom(page, 'zulu-keys');
});

test('the list of keys opens with Ctrl+/ and gives the focus back', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await composer(page).focus();
  await page.keyboard.press('Control+/');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Jump to a room');
  await page.keyboard.press('Escape');
  await expect(composer(page)).toBeFocused();
});

test('the skip link leads past the list', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.locator('.skip').focus();
  await page.keyboard.press('Enter');
  await expect(composer(page)).toBeFocused();
  await expect(page).toHaveURL(/#\/r\/general$/);
});

test('marks are put around what is selected', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await composer(page).fill('loud');
  await composer(page).press('Control+a');
  await composer(page).press('Control+b');
  await expect(composer(page)).toHaveValue('**loud**');
  await composer(page).press('Control+b');
  await expect(composer(page)).toHaveValue('loud');
});
