// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryRecords } from '../js/lib/database.js';
import { MOST_TRIES, Outbox } from '../js/model/outbox.js';

/** @param {string} nonce @param {string} [room] @param {string} [user] */
const sent = (nonce, room = 'r1', user = 'me') => ({ nonce, user_id: user, room_id: room, content: nonce, created_at: '2026-01-02T10:00:00.000Z' });

async function filled() {
  const records = /** @type {import('../js/model/outbox.js').Records} */ (memoryRecords());
  const outbox = new Outbox(records);
  for (const nonce of ['a', 'b', 'c']) await outbox.add(sent(nonce));
  await outbox.add(sent('z', 'r2'));
  return { outbox, records };
}

test('one message of a room is on its way at a time, in the order of writing', async () => {
  const { outbox } = await filled();
  assert.equal(outbox.next('r1')?.nonce, 'a');
  outbox.sending('a');
  assert.equal(outbox.next('r1'), null);
  assert.equal(outbox.next('r2')?.nonce, 'z');
  await outbox.remove('a');
  assert.equal(outbox.next('r1')?.nonce, 'b');
});

test('without an answer the same message is next again, however often', async () => {
  const { outbox } = await filled();
  for (let attempt = 0; attempt < 20; attempt += 1) {
    outbox.sending('a');
    outbox.unanswered('a');
  }
  assert.equal(outbox.next('r1')?.nonce, 'a');
  assert.equal(outbox.of('r1')[0]?.state, 'waiting');
});

test('a server that can\'t is asked a few times, then the message failed with the reason', async () => {
  const { outbox } = await filled();
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    assert.equal(outbox.next('r1')?.nonce, 'a');
    outbox.refusedForNow('a', 'busy');
  }
  assert.deepEqual([outbox.of('r1')[0]?.state, outbox.of('r1')[0]?.reason], ['failed', 'busy']);
});

test('a failed message doesn\'t hold up the next one, and can be tried again under its nonce', async () => {
  const { outbox } = await filled();
  outbox.fail('a', 'too long');
  assert.equal(outbox.next('r1')?.nonce, 'b');
  outbox.retry('a');
  assert.equal(outbox.next('r1')?.nonce, 'a');
  assert.equal(outbox.of('r1')[0]?.reason, undefined);
});

test('a reload keeps everything, and what was on its way is asked for again', async () => {
  const { outbox, records } = await filled();
  outbox.sending('a');
  outbox.fail('b', 'refused');
  const again = new Outbox(records);
  assert.deepEqual((await again.load('me')).sort(), ['r1', 'r2']);
  assert.deepEqual(again.of('r1').map(({ nonce, state }) => [nonce, state]), [['a', 'waiting'], ['b', 'failed'], ['c', 'waiting']]);
  await again.add(sent('d'));
  assert.equal(again.of('r1').at(-1)?.nonce, 'd');
});

test('nobody gets to see or send what somebody else wrote on the same device', async () => {
  const { records } = await filled();
  const other = new Outbox(records);
  assert.deepEqual(await other.load('somebody else'), []);
  assert.deepEqual(other.of('r1'), []);
});

test('what was acknowledged is gone, here and on disk', async () => {
  const { outbox, records } = await filled();
  await outbox.remove('a');
  assert.equal(await outbox.isGone('a'), true);
  assert.equal(await outbox.isGone('b'), false);
  assert.equal((await records.all()).length, 3);
  await outbox.clear();
  assert.deepEqual(await records.all(), []);
});

test('every change is told, with its room', async () => {
  const { outbox } = await filled();
  /** @type {string[]} */
  const told = [];
  outbox.on('changed', (room) => told.push(room));
  outbox.sending('z');
  await outbox.remove('z');
  assert.deepEqual(told, ['r2', 'r2']);
});
