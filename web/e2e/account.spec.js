// @ts-check
// Signing in, up and out, and everything that can go wrong there.
import { Server } from './support/server.js';
import { caller, composer, expect, inRoom, rows, say, signIn, test } from './support/test.js';

test('a wrong password is refused, and says nothing about the account', async ({ people }) => {
  const page = await people.open();
  people.expectFailures(page);
  await signIn(page, 'testuser', 'not-the-password');
  const alert = page.locator('.form-fault[role=alert]').first();
  await expect(alert).not.toBeEmpty();
  const known = await alert.textContent();
  await signIn(page, 'nobody-at-all', 'not-the-password');
  await expect(page.locator('[data-submit]').first()).not.toHaveAttribute('aria-busy', 'true');
  await expect(alert).toHaveText(known ?? '');
  await signIn(page, 'testuser', 'testpass123');
  await inRoom(page, 'general');
});

test('signing up shows every fault at its field, then lets one in', async ({ people }) => {
  const page = await people.open('/chat-ui#/sign-up');
  people.expectFailures(page);
  const submit = page.getByRole('button', { name: 'Create account' });
  await submit.click();
  await expect(page.locator('#fault-username')).toHaveText('Enter your username.');
  await page.getByLabel('Username').fill('!');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByLabel('Email').fill('nowhere');
  await submit.click();
  await expect(page.locator('#fault-username')).not.toBeEmpty();
  await expect(page.locator('#fault-password')).not.toBeEmpty();
  await expect(page.locator('#fault-email')).not.toBeEmpty();
  await expect(page.getByLabel('Username')).toBeFocused();
  await expect(page.getByLabel('Username')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password', { exact: true }).fill('long enough password');
  await page.getByLabel('Email').fill('');
  await submit.click();
  await expect(page.locator('#fault-username')).toContainText('taken');
  await page.getByLabel('Username').fill('newcomer');
  await submit.click();
  await expect(page.getByRole('heading', { name: "Let's find you a room" })).toBeVisible();
  await page.getByRole('button', { name: 'Browse rooms' }).last().click();
  await page.getByRole('button', { name: 'Join general' }).click();
  await inRoom(page, 'general');
  await say(page, 'I am new here');
  await expect(rows(page, 'I am new here').and(page.locator(':not(.pending)'))).toHaveCount(1);
});

test('a session comes back after a reload, and nothing is left after signing out', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  await page.reload();
  await inRoom(page, 'general');
  await composer(page).fill('A draft nobody else shall see');
  await page.locator('[data-settings]').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  expect(await page.context().cookies()).toEqual([]);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
});

test('signing out in one tab signs out the others', async ({ people }) => {
  const page = await people.signedIn();
  await inRoom(page, 'general');
  const other = await page.context().newPage();
  await other.goto('/chat-ui');
  await inRoom(other, 'general');
  await page.locator('[data-settings]').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(other.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  await expect(other.locator('[data-because]')).not.toBeEmpty();
});

test('a session that was revoked elsewhere ends here at once', async ({ people }) => {
  const page = await people.signedIn('alice');
  await inRoom(page, 'general');
  people.expectFailures(page);
  const call = await caller(page, 'alice');
  const { items } = await call('GET', '/api/v1/sessions');
  for (const session of items) if (!session.current) await call('DELETE', `/api/v1/sessions/${session._id}`);
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  await expect(page.locator('[data-because]')).not.toBeEmpty();
});

test('the set-up link makes the first administrator, once', async ({ people }) => {
  const fresh = new Server({ demo: false });
  try {
    await fresh.start();
    const link = await fresh.printed(/http:\/\/\S+#\/setup\/\S+/);
    const page = await people.open(link);
    await expect(page.getByRole('heading', { name: 'Set up this server' })).toBeVisible();
    await page.getByLabel('Username').fill('first');
    await page.getByLabel('Password', { exact: true }).fill('a password of some length');
    await page.getByRole('button', { name: 'Create the administrator' }).click();
    await inRoom(page, 'general');
    await expect(page).toHaveURL(/#\/r\/general$/);
    const again = await people.open(link);
    people.expectFailures(again);
    await again.getByLabel('Username').fill('second');
    await again.getByLabel('Password', { exact: true }).fill('a password of some length');
    await again.getByRole('button', { name: 'Create the administrator' }).click();
    await expect(again.locator('.form-fault[role=alert]').first()).not.toBeEmpty();
  } finally {
    await fresh.remove();
  }
});
