// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeNonce } from '../js/lib/random.js';
import { PALETTE, initialsOf, paletteOf } from '../js/model/avatar.js';
import { countGraphemes, isEmojiOnly } from '../js/model/emoji.js';
import { findRoom, matchRooms, mayPost, neighbour, withRoom, withoutRoom } from '../js/model/rooms.js';
import { formatRoute, parseRoute } from '../js/model/route.js';
import { Store } from '../js/model/store.js';

/** @param {string} name @param {Partial<import('../js/net/types.js').Room>} [more] @returns {import('../js/net/types.js').Room} */
const room = (name, more = {}) => ({
  _id: `id-${name}`, name, kind: 'public', topic: '', archived_at: null, created_at: '', member_count: 1, head_seq: 0, head_rev: 0, role: 'member', ...more,
});

test('addresses are read and written the same way', () => {
  /** @type {import('../js/model/route.js').Route[]} */
  const routes = [{ name: 'home' }, { name: 'sign-in' }, { name: 'sign-up' }, { name: 'setup', token: 'a/b' }, { name: 'room', room: 'général' }, { name: 'room', room: 'general', message: 'abc' }];
  for (const route of routes) assert.deepEqual(parseRoute(formatRoute(route)), route);
  for (const hash of ['', '#', '#/', '#/r', '#/r/', '#/setup', '#/unknown/x']) assert.deepEqual(parseRoute(hash), { name: 'home' }, hash);
  assert.deepEqual(parseRoute('#/r/%E0%A4%A/m/x'), { name: 'room', room: '%E0%A4%A', message: 'x' });
});

test('rooms are found by name, whatever its case, and by id', () => {
  const rooms = [room('general'), room('random')];
  assert.equal(findRoom(rooms, 'General')?.name, 'general');
  assert.equal(findRoom(rooms, 'id-random')?.name, 'random');
  assert.equal(findRoom(rooms, 'nowhere'), undefined);
});

test('a room is put in its place once, and taken out again', () => {
  const rooms = withRoom(withRoom([room('b')], room('a')), room('b', { topic: 'new' }));
  assert.deepEqual(rooms.map(({ name, topic }) => [name, topic]), [['a', ''], ['b', 'new']]);
  assert.deepEqual(withoutRoom(rooms, 'id-a').map(({ name }) => name), ['b']);
});

test('neighbours go round the ends of the list', () => {
  const rooms = [room('a'), room('b'), room('c')];
  assert.equal(neighbour(rooms, 'id-c', 1)?.name, 'a');
  assert.equal(neighbour(rooms, 'id-a', -1)?.name, 'c');
  assert.equal(neighbour(rooms, null, 1)?.name, 'a');
  assert.equal(neighbour([], null, 1), undefined);
});

test('the switcher prefers names that begin with what was typed', () => {
  const rooms = [room('big-garden'), room('garden'), room('news', { topic: 'Garden news' }), room('other')];
  assert.deepEqual(matchRooms(rooms, ' GARD').map(({ name }) => name), ['garden', 'big-garden', 'news']);
  assert.equal(matchRooms(rooms, '').length, 4);
});

test('who may write where', () => {
  assert.equal(mayPost(room('a')), true);
  assert.equal(mayPost(room('a', { role: undefined })), false);
  assert.equal(mayPost(room('a', { archived_at: '2026-01-02T10:00:00.000Z' })), false);
  assert.equal(mayPost(room('a', { kind: 'announce' })), false);
  assert.equal(mayPost(room('a', { kind: 'announce', role: 'moderator' })), true);
});

test('only a few emoji and nothing else are shown large', () => {
  for (const text of ['🎉', '👩‍👩‍👧‍👦 👍🏽', '❤️', '🇩🇪🇫🇷', '1️⃣']) assert.equal(isEmojiOnly(text), true, text);
  for (const text of ['', ' ', '1', '#', 'a🎉', '🎉'.repeat(9), ':-)']) assert.equal(isEmojiOnly(text), false, text);
});

test('characters are counted as people see them', () => {
  assert.equal(countGraphemes('👩‍👩‍👧‍👦é!'), 3);
});

test('somebody looks the same everywhere', () => {
  assert.equal(paletteOf('Ann'), paletteOf('ann'));
  for (const name of ['', 'a', '漢字', '🎉']) assert.ok(paletteOf(name) >= 0 && paletteOf(name) < PALETTE);
  assert.deepEqual(['alice', 'ann_lee', 'x', '...', '漢字'].map(initialsOf), ['A', 'AL', 'X', '?', '漢']);
});

test('nonces have 128 bits and only characters that the server takes', () => {
  const nonces = Array.from({ length: 200 }, makeNonce);
  assert.equal(new Set(nonces).size, 200);
  for (const nonce of nonces) assert.match(nonce, /^[A-Za-z0-9_-]{22}$/);
});

test('the open room follows the newer state of the list', () => {
  const store = new Store();
  store.setRooms([room('general')]);
  store.setConversation({ kind: 'open', room: room('general') });
  /** @type {string[]} */
  const told = [];
  store.on('conversation', () => told.push('conversation'));
  store.on('rooms', () => told.push('rooms'));
  store.putRoom(room('general', { topic: 'new' }));
  assert.equal(store.room?.topic, 'new');
  assert.deepEqual(told, ['conversation', 'rooms']);
});

test('nothing of a person is left in the store after they went', () => {
  const store = new Store();
  store.setPhase('signed-in', { _id: 'u', username: 'ann', created_at: '' });
  store.setRooms([room('general')]);
  store.timeline('r1').loaded = true;
  store.addNotice('r1', { userId: 'x', username: 'x', came: true, afterSeq: 1 });
  store.leaving.set('m', 1);
  store.clear();
  store.setPhase('signed-out', null);
  assert.deepEqual([store.rooms.length, store.me, store.leaving.size, store.notices('r1').length, store.timeline('r1').loaded], [0, '', 0, 0, false]);
});
