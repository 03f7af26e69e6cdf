// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesce } from '../js/model/notices.js';
import { buildRows } from '../js/model/rows.js';
import { Timeline } from '../js/model/timeline.js';
import { message } from './helpers.js';

/** @typedef {import('../js/net/types.js').Message} Message */

/** @param {Message[]} items @param {Partial<import('../js/model/rows.js').Input>} [more] @param {boolean} [hasAfter] */
function rows(items, more = {}, hasAfter = false) {
  const timeline = new Timeline();
  const head = items.at(-1)?.seq ?? 0;
  timeline.reset({ items, head_seq: head + Number(hasAfter), head_rev: head, has_before: false, has_after: hasAfter });
  const dayOf = (/** @type {string} */ iso) => iso.slice(0, 10);
  return buildRows({ timeline, pending: [], notices: [], leaving: new Set(), me: 'me', dayOf, ...more });
}

/** @param {string} nonce @returns {import('../js/model/outbox.js').Entry} */
const entry = (nonce) => ({ nonce, user_id: 'me', room_id: 'r1', content: nonce, created_at: '2026-01-02T10:01:00.000Z', order: 1, state: 'waiting', tries: 0 });

/** @param {string} username @param {boolean} came @param {number} afterSeq */
const notice = (username, came, afterSeq) => ({ userId: username, username, came, afterSeq });

test('a day begins with its separator', () => {
  const built = rows([message(1), message(2, { created_at: '2026-01-03T00:00:00.000Z' })]);
  assert.deepEqual(built.map(({ type }) => type), ['day', 'message', 'day', 'message']);
});

test('messages of one author within five minutes are a group', () => {
  const at = (/** @type {string} */ time) => ({ created_at: `2026-01-02T${time}.000Z` });
  const built = rows([
    message(1, at('10:00:00')),
    message(2, at('10:04:59')),
    message(3, at('10:09:59')),
    message(4, { ...at('10:10:00'), user_id: 'u2' }),
    message(5, { ...at('10:10:01'), user_id: 'u2', deleted: true }),
    message(6, { ...at('10:10:02'), user_id: 'u2' }),
  ]);
  const grouped = built.flatMap((row) => (row.type === 'message' ? [row.grouped] : []));
  assert.deepEqual(grouped, [false, true, false, false, true, false]);
});

test('what is still to be sent stands at the end, but only where the end is', () => {
  assert.equal(rows([message(1)], { pending: [entry('p')] }).at(-1)?.key, 'p');
  assert.equal(rows([message(1)], { pending: [entry('p')] }, true).at(-1)?.type, 'message');
});

test('an acknowledged message takes the place of the pending one, under the same key', () => {
  const built = rows([message(1), message(2, { user_id: 'me', nonce: 'p' })], { pending: [entry('p')] });
  assert.deepEqual(built.filter(({ key }) => key === 'p').map(({ type }) => type), ['message']);
});

test('an own message that overtook others is shown, theirs aren\'t before the hole is filled', () => {
  const timeline = new Timeline();
  timeline.reset({ items: [message(1)], head_seq: 1, head_rev: 1, has_before: false, has_after: false });
  timeline.apply(message(3, { user_id: 'me', nonce: 'p' }), 'me');
  timeline.apply(message(4), 'me');
  const built = buildRows({ timeline, pending: [entry('p')], notices: [], leaving: new Set(), me: 'me', dayOf: () => '' });
  assert.deepEqual(built.flatMap((row) => (row.type === 'message' ? [row.message.seq] : [])), [1, 3]);
});

test('notices stand where they happened and break a group', () => {
  const built = rows([message(1), message(2)], { notices: [notice('bo', true, 1)] });
  assert.deepEqual(built.map(({ type }) => type), ['day', 'message', 'notice', 'message']);
  const last = built.at(-1);
  assert.equal(last?.type === 'message' && last.grouped, false);
});

test('notices before the window are left out', () => {
  const built = rows([message(5), message(6)], { notices: [notice('bo', true, 2), notice('cy', true, 6)] });
  assert.deepEqual(built.map(({ type }) => type), ['day', 'message', 'message', 'notice']);
});

test('who came and went between two messages is one line, and who came back isn\'t in it', () => {
  const lines = coalesce([
    notice('ann', true, 3),
    notice('bo', true, 3),
    notice('bo', false, 3),
    notice('cy', false, 3),
    notice('dee', false, 3),
    notice('dee', true, 3),
    notice('ann', false, 4),
  ]);
  assert.deepEqual(lines, [
    { afterSeq: 3, joined: ['ann'], left: ['cy'], visited: ['bo'] },
    { afterSeq: 4, joined: [], left: ['ann'], visited: [] },
  ]);
});

test('a message that goes unless it is undone says so', () => {
  const built = rows([message(1, { user_id: 'me' })], { leaving: new Set(['m1']) });
  const row = built[1];
  assert.equal(row?.type === 'message' && row.leaving, true);
});
