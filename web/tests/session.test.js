// @ts-check
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { NetworkFailure, Problem } from '../js/net/api.js';
import { endpoints } from '../js/net/endpoints.js';
import { Session } from '../js/net/session.js';

const realFetch = globalThis.fetch;
/** @type {Session[]} */
const sessions = [];
afterEach(() => {
  globalThis.fetch = realFetch;
  for (const session of sessions.splice(0)) session.dispose();
});

const user = { _id: 'u1', username: 'ann', created_at: '2026-01-02T10:00:00.000Z' };
/** @param {string} token */
const opened = (token, seconds = 900) => ({ access_token: token, expires_in: seconds, user });

/** @typedef {{ method: string, path: string, token: string | null }} Asked */

/** Answers requests one after the other. @param {((asked: Asked) => [number, unknown])} answer */
function serve(answer) {
  /** @type {Asked[]} */
  const log = [];
  globalThis.fetch = async (path, init) => {
    const asked = { method: String(init?.method), path: String(path), token: new Headers(init?.headers).get('authorization') };
    log.push(asked);
    const [status, body] = answer(asked);
    if (status === 0) throw new TypeError('network');
    return new Response(body === null ? null : JSON.stringify(body), { status });
  };
  return log;
}

/** @param {ReturnType<typeof opened>} [first] */
function signedIn(first) {
  const session = new Session();
  sessions.push(session);
  if (first) session.adopt(first);
  return session;
}

test('a token that the server no longer takes is renewed once, and the request sent again', async () => {
  const session = signedIn(opened('old'));
  const log = serve(({ path, token }) => {
    if (path.endsWith('/refresh')) return [200, opened('new')];
    return token === 'Bearer new' ? [200, { items: [], next: null }] : [401, { code: 'token_expired', detail: 'expired' }];
  });
  assert.deepEqual(await endpoints(session.call).rooms(), []);
  assert.deepEqual(log.map(({ token }) => token), ['Bearer old', null, 'Bearer new']);
});

test('requests at the same time share one renewal', async () => {
  const session = signedIn(opened('ending', 5));
  const log = serve(({ path }) => (path.endsWith('/refresh') ? [200, opened('new')] : [200, {}]));
  await Promise.all([session.call('GET', '/a'), session.call('GET', '/b'), session.token(false)]);
  assert.equal(log.filter(({ path }) => path.endsWith('/refresh')).length, 1);
});

test('a session that is over says so', async () => {
  const session = signedIn(opened('old'));
  /** @type {string[]} */
  const ended = [];
  session.on('ended', (code) => ended.push(code));
  serve(() => [401, { code: 'unauthenticated', detail: 'no' }]);
  await assert.rejects(session.call('GET', '/a'), Problem);
  assert.deepEqual(ended, ['unauthenticated']);
});

test('a server that doesn\'t answer ends no session', async () => {
  const session = signedIn(opened('ending', 5));
  session.on('ended', () => assert.fail('the session lives on'));
  serve(() => [0, null]);
  await assert.rejects(session.call('GET', '/a'), NetworkFailure);
});

test('a problem carries what people and programs need', async () => {
  const session = signedIn(opened('token'));
  const errors = [{ pointer: '/name', code: 'too_long', detail: 'is too long' }];
  serve(() => [422, { code: 'invalid', detail: 'one field is wrong', errors, retry_after_ms: 70 }]);
  await assert.rejects(session.call('POST', '/a', { body: {} }), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.status, error.code, error.message, error.retryAfterMs], [422, 'invalid', 'one field is wrong', 70]);
    assert.deepEqual(error.errors, errors);
    assert.equal(error.isTransient, false);
    return true;
  });
});

test('every page of my rooms is read', async () => {
  const session = signedIn(opened('token'));
  const log = serve(({ path }) => (path.includes('cursor=two') ? [200, { items: [2], next: null }] : [200, { items: [1], next: 'two' }]));
  assert.deepEqual(await endpoints(session.call).rooms(), [1, 2]);
  assert.equal(log.length, 2);
});

test('names and ids in a path can\'t lead elsewhere', async () => {
  const session = signedIn(opened('token'));
  const log = serve(() => [200, {}]);
  await endpoints(session.call).room('../users/me?x=1#y');
  assert.equal(log[0]?.path, '/api/v1/rooms/..%2Fusers%2Fme%3Fx%3D1%23y');
});
