// @ts-check
// What the person has sent and the server hasn't acknowledged: in order, one at a time for each room, each under one nonce
// from first try to last.
import { Emitter } from '../lib/emitter.js';

/**
 * @typedef {{
 *   nonce: string,
 *   user_id: string,
 *   room_id: string,
 *   content: string,
 *   created_at: string,
 *   order: number,
 *   state: 'waiting' | 'sending' | 'failed',
 *   tries: number,
 *   reason?: string,
 * }} Entry
 *   `tries`: how often the server answered that it couldn't just now; `reason`: why it failed, for people
 * @typedef {import('../lib/database.js').Records<Entry>} Records
 */

/** After so many answers that the server can't, the person decides. */
export const MOST_TRIES = 3;

/** @extends {Emitter<{ changed: string }>} `changed` names the room */
export class Outbox extends Emitter {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  #records;
  #order = 0;

  /** @param {Records} records what survives a reload */
  constructor(records) {
    super();
    this.#records = records;
  }

  /** Takes over what an earlier page left for this user. Returns the rooms that have something to send. @param {string} userId */
  async load(userId) {
    const kept = (await this.#records.all()).filter((entry) => entry.user_id === userId);
    for (const entry of kept) {
      this.#order = Math.max(this.#order, entry.order);
      // What was on its way then may or may not have arrived; the nonce makes asking again safe.
      const state = entry.state === 'sending' ? 'waiting' : entry.state;
      if (!this.#entries.has(entry.nonce)) this.#entries.set(entry.nonce, { ...entry, state });
    }
    const rooms = [...new Set(kept.map((entry) => entry.room_id))];
    for (const room of rooms) this.emit('changed', room);
    return rooms;
  }

  /**
   * Adds a message. It shows at once; the promise resolves when it would survive a reload.
   * @param {{ nonce: string, user_id: string, room_id: string, content: string, created_at: string }} message
   */
  async add(message) {
    this.#order += 1;
    /** @type {Entry} */
    const entry = { ...message, order: this.#order, state: 'waiting', tries: 0 };
    this.#entries.set(entry.nonce, entry);
    this.emit('changed', entry.room_id);
    await this.#records.put(entry);
  }

  /** Everything of a room that isn't acknowledged, in order. @param {string} room */
  of(room) {
    return [...this.#entries.values()].filter((entry) => entry.room_id === room).sort((a, b) => a.order - b.order);
  }

  /** Gives what is to be sent now: nothing while something of the room is on its way. @param {string} room */
  next(room) {
    const waiting = this.of(room).filter((entry) => entry.state !== 'failed');
    return waiting.some((entry) => entry.state === 'sending') ? null : (waiting[0] ?? null);
  }

  /** Tells whether another tab has sent it meanwhile. @param {string} nonce */
  async isGone(nonce) {
    return !(await this.#records.has(nonce));
  }

  /** @param {string} nonce */
  sending(nonce) {
    this.#change(nonce, { state: 'sending', reason: undefined });
  }

  /** No answer came: the same again later, for as long as it takes. @param {string} nonce */
  unanswered(nonce) {
    this.#change(nonce, { state: 'waiting' });
  }

  /** The server answered that it can't just now. @param {string} nonce @param {string} reason */
  refusedForNow(nonce, reason) {
    const tries = (this.#entries.get(nonce)?.tries ?? 0) + 1;
    this.#change(nonce, tries < MOST_TRIES ? { state: 'waiting', tries } : { state: 'failed', tries, reason });
  }

  /** The server won't have it. @param {string} nonce @param {string} reason */
  fail(nonce, reason) {
    this.#change(nonce, { state: 'failed', reason });
  }

  /** The person wants it tried again, under the same nonce. @param {string} nonce */
  retry(nonce) {
    this.#change(nonce, { state: 'waiting', tries: 0, reason: undefined });
  }

  /** Acknowledged, or given up by the person. @param {string} nonce */
  async remove(nonce) {
    const entry = this.#entries.get(nonce);
    if (!entry) return;
    this.#entries.delete(nonce);
    this.emit('changed', entry.room_id);
    await this.#records.remove(nonce);
  }

  /** Forgets everything, here and on disk. */
  async clear() {
    this.#entries.clear();
    await this.#records.destroy();
  }

  /** @param {string} nonce @param {Partial<Entry>} change */
  #change(nonce, change) {
    const entry = this.#entries.get(nonce);
    if (!entry) return;
    const changed = { ...entry, ...change };
    this.#entries.set(nonce, changed);
    void this.#records.put(changed);
    this.emit('changed', entry.room_id);
  }
}
