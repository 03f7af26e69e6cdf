// @ts-check
// The wire shapes that the server pins, as a client sees them: crates/protocol/tests/golden is written and read by the
// server's own types, and read here too, so that neither side can drift.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from '../js/net/protocol.js';
import { ROOT } from './helpers.js';

const FOLDER = join(ROOT, '../crates/protocol/tests/golden');

/** The pinned texts whose file begins so. @param {string} prefix @returns {{ name: string, text: string, value: any }[]} */
const golden = (prefix) => readdirSync(FOLDER).filter((name) => name.startsWith(prefix)).map((name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return { name, text, value: JSON.parse(text) };
});

const MESSAGE = ['_id', 'room', 'room_id', 'seq', 'rev', 'user_id', 'username', 'created_at'];

/** What a client relies on, by the type of a frame of the gateway. @type {Record<string, string[]>} */
const FRAMES = {
  hello: ['epoch', 'session', 'user', 'heartbeat_ms', 'limits', 'features', 'server_time'],
  ok: [],
  error: ['code', 'message'],
  state: ['rooms', 'users'],
  changes: ['room_id', 'from', 'to', 'items'],
  reset: ['room_id', 'items', 'head_seq', 'head_rev'],
  synced: ['heads'],
  message: MESSAGE,
  message_updated: [...MESSAGE, 'change', 'content', 'version'],
  message_deleted: [...MESSAGE, 'deleted'],
  room: ['_id', 'name', 'kind', 'topic', 'member_count', 'head_seq', 'head_rev', 'role', 'read_seq', 'unread', 'mentions'],
  room_removed: ['room_id'],
  member: ['room_id', 'user_id', 'username', 'role'],
  marker: ['room_id', 'read_seq', 'unread', 'mentions'],
  receipt: ['room_id', 'set'],
  user: ['_id', 'username'],
  typing: ['room_id', 'user_ids'],
  presence: ['set'],
  ping: ['heads'],
  pong: [],
  reconnect: ['after_ms'],
  lagged: ['room_id', 'head_rev'],
};

/** What the server needs, by op. @type {Record<string, string[]>} */
const COMMANDS = {
  auth: ['token'],
  sync: [],
  send: ['room', 'nonce', 'content'],
  edit: ['message', 'content', 'version'],
  delete: ['message'],
  react: ['message', 'emoji'],
  unreact: ['message', 'emoji'],
  mark: ['room', 'seq'],
  typing: ['room', 'on'],
  focus: ['room'],
  presence: ['status'],
  ping: [],
  pong: [],
};

/** @param {string} prefix @param {'type' | 'op'} tag @param {Record<string, string[]>} known */
function check(prefix, tag, known) {
  const seen = new Set();
  for (const { name, value } of golden(prefix)) {
    const keys = known[value[tag]];
    assert.ok(keys, `${name} is of a kind that isn't listed here`);
    assert.ok(name.startsWith(`${prefix}${value[tag]}`), name);
    for (const key of keys) assert.ok(key in value, `${name} has no ${key}`);
    seen.add(value[tag]);
  }
  assert.deepEqual([...seen].sort(), Object.keys(known).sort());
}

test('every frame of the gateway has what clients rely on', () => check('frame_', 'type', FRAMES));

test('every command has what the server needs', () => check('command_', 'op', COMMANDS));

test('a message in a frame of the gateway is the message object', () => {
  const [{ text, value: { type, ...message } }] = golden('frame_message.json');
  assert.deepEqual(parse(text), { type, message });
});

test('every frame of the seed\'s socket is read', () => {
  for (const { name, text } of golden('seed_')) {
    if (name !== 'seed_command.json') assert.notEqual(parse(text), null, name);
  }
});

test('every message that is pinned anywhere can be told from others and put in order', () => {
  const messages = [...golden('message'), ...golden('tombstone')].flatMap(({ value }) => value.items ?? [value]);
  assert.ok(messages.length > 4);
  for (const message of messages) {
    for (const key of MESSAGE) assert.ok(key in message, `${message._id} has no ${key}`);
    assert.equal('content' in message, !message.deleted);
  }
});
