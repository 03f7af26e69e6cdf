// @ts-check
// Takes messages from the composer to the server: in order, one at a time per room, each exactly once.
import { makeNonce } from '../lib/random.js';
import { NetworkFailure, Problem } from '../net/api.js';
import { backoff } from '../net/backoff.js';
import { refusal } from './outcome.js';

/**
 * @typedef {import('../model/outbox.js').Entry} Entry
 * @typedef {{
 *   store: import('../model/store.js').Store,
 *   api: import('../net/endpoints.js').Endpoints,
 *   outbox: import('../model/outbox.js').Outbox,
 *   reader: import('./reader.js').Reader,
 * }} Parts
 */

export class Sender {
  #parts;
  /** Rooms whose messages are being sent, and what ends their wait. @type {Map<string, () => void>} */
  #running = new Map();

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    parts.outbox.on('changed', (room) => parts.store.emit('timeline', room));
    parts.store.on('connection', ({ state }) => {
      if (state === 'open') this.hurry();
    });
    addEventListener('online', () => this.hurry());
  }

  /** Goes on with what an earlier page left. */
  async resume() {
    const rooms = await this.#parts.outbox.load(this.#parts.store.me);
    for (const room of rooms) void this.#run(room);
  }

  /** Shows the message at once and sends it as soon as it would survive a reload. @param {string} roomId @param {string} content */
  async send(roomId, content) {
    const { store, outbox } = this.#parts;
    const message = { nonce: makeNonce(), user_id: store.me, room_id: roomId, content, created_at: new Date().toISOString() };
    await outbox.add(message);
    await this.#run(roomId);
  }

  /** @param {string} roomId @param {string} nonce */
  retry(roomId, nonce) {
    this.#parts.outbox.retry(nonce);
    return this.#run(roomId);
  }

  /** @param {string} nonce */
  discard(nonce) {
    return this.#parts.outbox.remove(nonce);
  }

  /** Ends every wait. */
  hurry() {
    for (const wake of this.#running.values()) wake();
  }

  /** @param {string} roomId */
  async #run(roomId) {
    if (this.#running.has(roomId)) return this.#running.get(roomId)?.();
    this.#running.set(roomId, () => {});
    const { store, outbox } = this.#parts;
    try {
      let failures = 0;
      for (let entry = outbox.next(roomId); entry && store.phase === 'signed-in'; entry = outbox.next(roomId)) {
        const wait = await this.#sendOne(entry);
        failures = wait === null ? 0 : failures + 1;
        if (wait !== null) await this.#pause(roomId, wait || backoff(failures - 1));
      }
    } finally {
      this.#running.delete(roomId);
    }
  }

  /** Tabs share the outbox; the lock keeps their order. @param {Entry} entry */
  #sendOne(entry) {
    const action = () => this.#sendAlone(entry);
    return navigator.locks ? navigator.locks.request(`chinwag-send-${entry.room_id}`, action) : action();
  }

  /**
   * @param {Entry} entry
   * @returns {Promise<number | null>} null: go on; else how long to wait, 0 for as long as is usual
   */
  async #sendAlone(entry) {
    const { api, outbox, store, reader } = this.#parts;
    const { nonce, room_id: room, content } = entry;
    if (await outbox.isGone(nonce)) {
      await outbox.remove(nonce);
      return null;
    }
    outbox.sending(nonce);
    try {
      const message = await api.send(room, nonce, content);
      const timeline = store.timeline(room);
      const gap = timeline.loaded && timeline.apply(message, store.me) === 'gap';
      await outbox.remove(nonce);
      store.emit('timeline', room);
      if (gap) void reader.catchUp(room);
      return null;
    } catch (error) {
      return this.#failed(entry, error);
    }
  }

  /** @param {Entry} entry @param {unknown} error */
  #failed({ nonce }, error) {
    const { outbox, store } = this.#parts;
    const transient = error instanceof Problem && error.isTransient;
    // While signed out nothing can be said about the message.
    if (error instanceof NetworkFailure || store.phase !== 'signed-in') outbox.unanswered(nonce);
    else if (transient && error.status === 429) outbox.unanswered(nonce);
    else if (transient) outbox.refusedForNow(nonce, refusal(error).message);
    else {
      outbox.fail(nonce, refusal(error).message);
      return null;
    }
    return transient ? error.retryAfterMs : 0;
  }

  /** @param {string} roomId @param {number} ms */
  #pause(roomId, ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms, undefined);
      this.#running.set(roomId, () => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
  }
}
