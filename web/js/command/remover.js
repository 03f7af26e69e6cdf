// @ts-check
// Deletes own messages, after a moment in which it can be undone.
import { attempt } from './outcome.js';

/**
 * @typedef {import('../net/types.js').Message} Message
 * @typedef {{
 *   store: import('../model/store.js').Store,
 *   api: import('../net/endpoints.js').Endpoints,
 *   reader: import('./reader.js').Reader,
 * }} Parts
 */

export const UNDO_MS = 5_000;

export class Remover {
  #parts;
  /** @type {Map<string, { message: Message, timer: number }>} */
  #waiting = new Map();

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    // The page goes: there will be no undo any more.
    addEventListener('pagehide', () => void this.settle());
  }

  /** @param {Message} message */
  remove(message) {
    if (this.#waiting.has(message._id)) return;
    const timer = Number(setTimeout(() => void this.#carryOut(message, false), UNDO_MS));
    this.#waiting.set(message._id, { message, timer });
    this.#parts.store.leaving.set(message._id, Date.now() + UNDO_MS);
    this.#parts.store.emit('timeline', message.room_id);
  }

  /** @param {Message} message */
  undo(message) {
    const waiting = this.#waiting.get(message._id);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.#forget(message);
  }

  /** Carries out at once what waits. */
  async settle() {
    await Promise.all([...this.#waiting.values()].map(({ message }) => this.#carryOut(message, true)));
  }

  /** @param {Message} message @param {boolean} keepalive */
  async #carryOut(message, keepalive) {
    const { api, store, reader } = this.#parts;
    clearTimeout(this.#waiting.get(message._id)?.timer);
    this.#waiting.delete(message._id);
    const removed = await attempt(() => api.remove(message._id, keepalive));
    if (removed.ok && store.timeline(message.room_id).apply(removed.value, store.me) === 'gap') {
      void reader.catchUp(message.room_id);
    }
    if (!removed.ok && removed.code === 'not_found') store.timeline(message.room_id).bury(message._id);
    else if (!removed.ok) store.emit('toast', removed.message);
    this.#forget(message);
  }

  /** @param {Message} message */
  #forget(message) {
    this.#waiting.delete(message._id);
    this.#parts.store.leaving.delete(message._id);
    this.#parts.store.emit('timeline', message.room_id);
  }
}
