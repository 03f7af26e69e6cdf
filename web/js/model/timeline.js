// @ts-check
// A window on one room's timeline: messages without gaps by `seq`, and how far the changes to the room are known by `rev`.
// Pages, live frames and catch-up may come in any order and more than once; the higher `rev` of a message always wins.

/**
 * @typedef {import('../net/types.js').Message} Message
 * @typedef {import('../net/types.js').Page} Page
 */

/** How many rows the window holds at most. */
export const WINDOW = 300;
/** How many of the latest changes are kept for pages that were read before them. */
const RECENT = 400;

export class Timeline {
  /** Ascending by `seq`, without gaps. @type {Message[]} */
  messages = [];
  hasBefore = false;
  hasAfter = false;
  /** Number of the room's newest message. */
  headSeq = 0;
  /** Every change up to this one has been seen. */
  rev = 0;
  loaded = false;
  /** Whether the reader is at the end, so that the window may let go of its beginning. */
  follow = true;
  /** How many messages of others came since the reader left the end. */
  unseen = 0;
  /** Names the data set that the numbers belong to. @type {string | null} */
  epoch = null;
  /** Newer than the window's end, with a hole between. @type {Map<number, Message>} */
  #ahead = new Map();
  /** @type {Map<string, Message>} */
  #recent = new Map();
  /** A row keeps its key, whatever becomes known of its message later. @type {Map<string, string>} */
  #keys = new Map();
  #window;

  /** @param {number} [window] */
  constructor(window = WINDOW) {
    this.#window = window;
  }

  get firstSeq() {
    return this.messages[0]?.seq ?? 1;
  }

  get lastSeq() {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** Names the message's row. @param {Message} message */
  keyOf(message) {
    const key = this.#keys.get(message._id) ?? message.nonce ?? message._id;
    this.#keys.set(message._id, key);
    return key;
  }

  /** @param {string} id */
  find(id) {
    return this.messages.find((message) => message._id === id);
  }

  /** Messages that came before the ones between them and the window did: own ones that were just acknowledged. */
  get ahead() {
    return [...this.#ahead.values()].sort((a, b) => a.seq - b.seq);
  }

  /** Begins anew with a page. @param {Page} page */
  reset(page) {
    this.messages = page.items.map((message) => this.#latest(message));
    this.hasBefore = page.has_before;
    this.hasAfter = page.has_after;
    this.headSeq = Math.max(page.head_seq, page.items.at(-1)?.seq ?? 0);
    // Also where more was known already: what came after the page was read has to be asked for again.
    this.rev = page.head_rev;
    this.#ahead.clear();
    this.loaded = true;
    this.unseen = 0;
  }

  /** Forgets all, because the numbers belong to another data set now. */
  forget() {
    this.loaded = false;
    this.rev = 0;
    this.epoch = null;
    this.#recent.clear();
  }

  /** Adds the page before the window. @param {Page} page */
  prepend(page) {
    const before = page.items.filter((message) => message.seq < this.firstSeq);
    if (before.length > 0 && before.at(-1)?.seq !== this.firstSeq - 1) return;
    this.messages = [...before.map((message) => this.#latest(message)), ...this.messages];
    this.hasBefore = page.has_before;
    if (this.messages.length > this.#window) {
      this.messages.length = this.#window;
      this.hasAfter = true;
      this.#ahead.clear();
    }
  }

  /** Adds the page after the window. @param {Page} page */
  append(page) {
    const after = page.items.filter((message) => message.seq > this.lastSeq);
    if (after.length > 0 && after[0]?.seq !== this.lastSeq + 1) return;
    this.messages.push(...after.map((message) => this.#latest(message)));
    this.headSeq = Math.max(this.headSeq, page.head_seq);
    this.hasAfter = this.lastSeq < this.headSeq;
    this.#absorb();
    this.#trimStart();
  }

  /**
   * Takes in one live change. `gap` says that changes before it are missing: ask for them.
   * @param {Message} message
   * @param {string} me the reader's user id
   * @returns {'known' | 'next' | 'gap'}
   */
  apply(message, me) {
    this.#store(message, me);
    if (message.rev <= this.rev) return 'known';
    if (message.rev > this.rev + 1) return 'gap';
    this.rev = message.rev;
    return 'next';
  }

  /**
   * Takes in a page of changes after `rev`.
   * @param {Message[]} items
   * @param {number} through every change up to this one is in `items` or older than it
   * @param {string} me
   */
  catchUp(items, through, me) {
    for (const message of items) this.#store(message, me);
    this.rev = Math.max(this.rev, through);
  }

  /** Shows a message as deleted before its tombstone is here. @param {string} id */
  bury(id) {
    const message = this.find(id);
    if (message) this.#replace({ ...message, content: undefined, deleted: true });
  }

  /** @param {Message} message @param {string} me */
  #store(message, me) {
    this.#remember(message);
    const isNew = message.seq > this.headSeq;
    this.headSeq = Math.max(this.headSeq, message.seq);
    if (isNew && !this.follow && message.user_id !== me && !message.deleted) this.unseen += 1;
    if (message.seq <= this.lastSeq) this.#replace(message);
    else if (!this.hasAfter) this.#ahead.set(message.seq, this.#newer(this.#ahead.get(message.seq), message));
    this.#absorb();
    this.#trimStart();
  }

  /** Moves what follows the window without a hole into it. */
  #absorb() {
    for (const seq of this.#ahead.keys()) if (seq <= this.lastSeq) this.#ahead.delete(seq);
    if (this.hasAfter) return;
    for (;;) {
      const next = this.#ahead.get(this.lastSeq + 1);
      if (!next) return;
      if (!this.follow && this.messages.length >= this.#window) {
        // The reader looks at the beginning of a full window: let the end go.
        this.#ahead.clear();
        this.hasAfter = true;
        return;
      }
      this.#ahead.delete(next.seq);
      this.messages.push(next);
    }
  }

  #trimStart() {
    const extra = this.messages.length - this.#window;
    if (extra <= 0) return;
    this.messages.splice(0, extra);
    this.hasBefore = true;
  }

  /** @param {Message} message */
  #replace(message) {
    const first = this.messages[0];
    const index = first ? message.seq - first.seq : -1;
    const known = this.messages[index];
    if (known && known._id === message._id) this.messages[index] = this.#newer(known, message);
  }

  /** @param {Message | undefined} known @param {Message} message */
  #newer(known, message) {
    if (!known || message.rev > known.rev) return message;
    // A burial comes with the rev of what it buries.
    return message.rev === known.rev && message.deleted ? message : known;
  }

  /** @param {Message} message */
  #remember(message) {
    this.#recent.delete(message._id);
    this.#recent.set(message._id, message);
    if (this.#recent.size <= RECENT) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  /** A page may have been read before a change that is known already. @param {Message} message */
  #latest(message) {
    return this.#newer(this.#recent.get(message._id), message);
  }
}
