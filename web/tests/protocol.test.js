// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_MS, LONGEST_MS, backoff } from '../js/net/backoff.js';
import { closeAction, parse } from '../js/net/protocol.js';
import { message } from './helpers.js';

test('a message frame gives the message object, without its type', () => {
  const { type, ...rest } = { type: 'message', ...message(1, { nonce: 'n' }) };
  assert.deepEqual(parse(JSON.stringify({ type, ...rest })), { type: 'message', message: rest });
});

test('the other frames of the socket are read', () => {
  const deleted = parse('{"type":"message_deleted","_id":"m1","room":"general"}');
  assert.deepEqual(deleted, { type: 'deleted', id: 'm1', room: 'general' });
  const joined = parse('{"type":"user_joined","user_id":"u","username":"ann","room":"general","created_at":"t"}');
  assert.deepEqual(joined, { type: 'joined', userId: 'u', username: 'ann', room: 'general', at: 't' });
  const left = parse('{"type":"user_left","user_id":"u","username":"ann","room":"general","created_at":"t"}');
  assert.equal(left?.type, 'left');
  const error = parse('{"type":"error","code":"too_long","message":"too long"}');
  assert.deepEqual(error, { type: 'error', code: 'too_long', message: 'too long' });
});

test('what isn\'t a frame, or of a kind to come, is ignored', () => {
  const texts = ['', '[]', 'null', '5', '{', '{"type":"typing","room_id":"r"}', '{"type":"message"}', '{"type":"message","seq":"1"}'];
  for (const text of [...texts, '{"type":"message_deleted"}', '{"type":"user_joined","user_id":1}', '{"type":"__proto__"}']) {
    assert.equal(parse(text), null, text);
  }
  assert.equal(parse(new ArrayBuffer(2)), null);
});

test('each close code leads to what the protocol says, and unknown ones to another try', () => {
  for (const code of [1000, 1001, 1006, 1011, 1012, 1013, 4000, 4008, 4009, 4029, 4999]) assert.equal(closeAction(code), 'reconnect');
  for (const code of [4001, 4003]) assert.equal(closeAction(code), 'refresh');
  for (const code of [4004, 4010, 4011, 4012, 4013]) assert.equal(closeAction(code), 'stop');
});

test('waits lie between half a second and thirty, and their ceiling doubles', () => {
  assert.equal(backoff(0, () => 0), FIRST_MS);
  assert.equal(backoff(50, () => 0), FIRST_MS);
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 100].map((attempt) => backoff(attempt, () => 1));
  assert.deepEqual(ceilings, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const wait = backoff(attempt);
    assert.ok(wait >= FIRST_MS && wait <= LONGEST_MS);
  }
});
