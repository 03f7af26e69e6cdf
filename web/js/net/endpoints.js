// @ts-check
// The server's endpoints under the names of what they do.
import { request } from './api.js';

/**
 * @typedef {import('./types.js').Room} Room
 * @typedef {import('./types.js').Message} Message
 * @typedef {import('./types.js').Page} Page
 * @typedef {import('./types.js').Changes} Changes
 * @typedef {import('./types.js').Member} Member
 * @typedef {import('./session.js').Opened} Opened
 * @typedef {{ name: string, version: string, demo?: { username: string, password: string }[], needs_setup: boolean }} ServerInfo
 * @typedef {{ before?: number, after?: number, around?: number, limit?: number }} Where
 */

/** What can be asked for without being signed in. */
export const open = {
  /** @returns {Promise<ServerInfo>} */
  server: () => request('GET', '/api/v1/server'),
  /** @param {string} username @param {string} password @returns {Promise<Opened>} */
  signIn: (username, password) => request('POST', '/api/v1/sessions', { body: { username, password } }),
  /** @param {{ username: string, password: string, email?: string }} account */
  signUp: (account) => request('POST', '/users/', { body: account }),
  /** @param {{ token: string, username: string, password: string }} account @returns {Promise<Opened>} */
  setUp: (account) => request('POST', '/api/v1/setup', { body: account }),
};

/** @param {Record<string, string | number | undefined>} parameters */
function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** What a signed-in user can ask for. @param {import('./session.js').Session['call']} call */
export function endpoints(call) {
  /** @param {string} room */
  const at = (room) => `/api/v1/rooms/${encodeURIComponent(room)}`;
  return {
    /** @returns {Promise<null>} */
    signOut: () => call('DELETE', '/api/v1/sessions/current'),
    /** @returns {Promise<{ message_characters: number, message_bytes: number }>} 0 means no limit */
    limits: () => call('GET', '/api/v1/limits'),
    /** Every room of mine. @returns {Promise<Room[]>} */
    async rooms() {
      /** @type {Room[]} */
      const rooms = [];
      /** @type {string | undefined} */
      let cursor;
      do {
        const page = await call('GET', `/api/v1/rooms?${query({ cursor, limit: 100 })}`);
        rooms.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      return rooms;
    },
    /** @param {string} text @returns {Promise<Room[]>} */
    directory: async (text) => (await call('GET', `/api/v1/rooms/directory?${query({ query: text, limit: 50 })}`)).items,
    /** @param {string} room @returns {Promise<Room>} */
    room: (room) => call('GET', at(room)),
    /** @param {{ name: string, kind: string, topic?: string }} room @returns {Promise<Room>} */
    createRoom: (room) => call('POST', '/api/v1/rooms', { body: room }),
    /** @param {string} room @returns {Promise<Room>} */
    join: (room) => call('POST', `${at(room)}/join`),
    /** @param {string} room @returns {Promise<null>} */
    leave: (room) => call('POST', `${at(room)}/leave`),
    /** @param {string} room @param {Where} where @returns {Promise<Page>} */
    messages: (room, where) => call('GET', `${at(room)}/messages?${query({ limit: 50, ...where })}`),
    /** @param {string} room @param {number} after @returns {Promise<Changes>} */
    changes: (room, after) => call('GET', `${at(room)}/changes?${query({ after, limit: 200 })}`),
    /** @param {string} id @returns {Promise<Message>} */
    message: (id) => call('GET', `/api/v1/messages/${encodeURIComponent(id)}`),
    /** @param {string} room @param {string} nonce @param {string} content @returns {Promise<Message>} */
    send: (room, nonce, content) => call('POST', `${at(room)}/messages`, { body: { nonce, content } }),
    /** @param {string} id @param {boolean} keepalive lets it finish after the page is gone @returns {Promise<Message>} */
    remove: (id, keepalive) => call('DELETE', `/api/v1/messages/${encodeURIComponent(id)}`, { keepalive }),
  };
}

/** @typedef {ReturnType<typeof endpoints>} Endpoints */
