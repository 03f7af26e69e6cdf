// @ts-check
// Reads timelines: windows, pages in both directions, and catching up with what changed. One catch-up per room at a time.
import { Problem } from '../net/api.js';
import { attempt } from './outcome.js';

/**
 * @typedef {import('../net/types.js').Message} Message
 * @typedef {{ store: import('../model/store.js').Store, api: import('../net/endpoints.js').Endpoints }} Parts
 */

/** Beyond so many changes, reading the window anew is cheaper than following them. */
const FAR_BEHIND = 1_000;
const RETRY_MS = 2_000;

export class Reader {
  #parts;
  /** Rooms being caught up; true: once more afterwards. @type {Map<string, boolean>} */
  #catching = new Map();
  /** @type {Set<string>} */
  #paging = new Set();

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Puts the newest messages into the window. @param {string} roomId */
  latest(roomId) {
    return attempt(() => this.#latest(roomId));
  }

  /** @param {string} roomId */
  async #latest(roomId) {
    const { api, store } = this.#parts;
    store.timeline(roomId).reset(await api.messages(roomId, {}));
    store.emit('timeline', roomId);
    // What came while the page was on its way isn't in it.
    void this.catchUp(roomId);
  }

  /** Puts a message and what is around it into the window. @param {string} roomId @param {string} id */
  around(roomId, id) {
    return attempt(async () => {
      const { api, store } = this.#parts;
      const timeline = store.timeline(roomId);
      if (!timeline.loaded || !timeline.find(id)) {
        const message = await api.message(id);
        if (message.room_id !== roomId) throw new Problem(404, { code: 'not_found', detail: 'there is no such message here' });
        timeline.follow = false;
        timeline.reset(await api.messages(roomId, { around: message.seq }));
        store.emit('timeline', roomId);
        void this.catchUp(roomId);
      }
      store.emit('target', id);
    });
  }

  /** Reads the page before or after the window. @param {string} roomId @param {'before' | 'after'} side */
  async page(roomId, side) {
    const { api, store } = this.#parts;
    const timeline = store.timeline(roomId);
    const wanted = side === 'before' ? timeline.hasBefore : timeline.hasAfter;
    if (!wanted || !timeline.loaded || this.#paging.has(roomId)) return;
    this.#paging.add(roomId);
    store.emit('paging', roomId);
    const where = side === 'before' ? { before: timeline.firstSeq } : { after: timeline.lastSeq };
    const read = await attempt(() => api.messages(roomId, where));
    this.#paging.delete(roomId);
    if (read.ok && side === 'before') timeline.prepend(read.value);
    else if (read.ok) timeline.append(read.value);
    store.emit('timeline', roomId);
    store.emit('paging', roomId);
  }

  /** @param {string} roomId */
  isPaging(roomId) {
    return this.#paging.has(roomId);
  }

  /**
   * Asks for everything that changed since what is known, until nothing is missing.
   * @param {string} roomId
   * @returns {Promise<number>} how many changes there were
   */
  async catchUp(roomId) {
    if (this.#catching.has(roomId)) {
      this.#catching.set(roomId, true);
      return 0;
    }
    this.#catching.set(roomId, false);
    let count = 0;
    try {
      do {
        this.#catching.set(roomId, false);
        count += await this.#changes(roomId);
      } while (this.#catching.get(roomId));
    } catch (error) {
      this.#failed(roomId, error);
    } finally {
      this.#catching.delete(roomId);
    }
    return count;
  }

  /** @param {string} roomId */
  async #changes(roomId) {
    const { api, store } = this.#parts;
    const timeline = store.timeline(roomId);
    let count = 0;
    for (let more = timeline.loaded; more; ) {
      const page = await api.changes(roomId, timeline.rev);
      if (timeline !== store.timeline(roomId)) return count;
      const foreign = timeline.epoch !== null && timeline.epoch !== page.epoch;
      if (foreign || page.head_rev - timeline.rev > FAR_BEHIND) {
        if (foreign) timeline.forget();
        timeline.epoch = page.epoch;
        timeline.reset(await api.messages(roomId, {}));
        store.emit('timeline', roomId);
        continue;
      }
      timeline.epoch = page.epoch;
      const known = timeline.headSeq;
      timeline.catchUp(page.items, page.items.at(-1)?.rev ?? page.head_rev, store.me);
      count += page.items.length;
      more = page.more;
      if (page.items.length > 0) this.#tell(roomId, page.items, known);
    }
    return count;
  }

  /** @param {string} roomId @param {Message[]} items @param {number} known */
  #tell(roomId, items, known) {
    const { store } = this.#parts;
    store.emit('timeline', roomId);
    const fresh = items.filter((message) => message.seq > known && message.user_id !== store.me && !message.deleted);
    for (const message of fresh.sort((a, b) => a.seq - b.seq)) store.emit('arrived', message);
  }

  /** @param {string} roomId @param {unknown} error */
  #failed(roomId, error) {
    const { store } = this.#parts;
    const open = () => store.room?._id === roomId && store.phase === 'signed-in';
    if (error instanceof Problem && !error.isTransient) {
      if (open() && error.status !== 401) store.emit('lost', roomId);
      return;
    }
    // While the socket is away its return brings the next catch-up.
    setTimeout(() => {
      if (open() && store.connection.state === 'open') void this.catchUp(roomId);
    }, RETRY_MS);
  }
}
