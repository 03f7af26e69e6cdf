// @ts-check
// What the timeline shows, from top to bottom: day separators, messages in groups, notices, and what is still to be sent.
import { coalesce } from './notices.js';

/**
 * @typedef {import('../net/types.js').Message} Message
 * @typedef {import('./outbox.js').Entry} Entry
 * @typedef {import('./notices.js').NoticeLine} NoticeLine
 * @typedef {{ type: 'day', key: string, at: string }
 *   | { type: 'message', key: string, message: Message, grouped: boolean, own: boolean, leaving: boolean }
 *   | { type: 'pending', key: string, entry: Entry, grouped: boolean }
 *   | { type: 'notice', key: string, line: NoticeLine }} Row
 *   `grouped`: goes on from the row before, without head; `leaving`: deleted unless it's undone
 * @typedef {{
 *   timeline: import('./timeline.js').Timeline,
 *   pending: Entry[],
 *   notices: import('./notices.js').Notice[],
 *   leaving: ReadonlySet<string>,
 *   me: string,
 *   dayOf: (iso: string) => string,
 * }} Input
 */

const GROUP_MS = 5 * 60_000;

/** @param {Input} input @returns {Row[]} */
export function buildRows(input) {
  const { timeline, dayOf, me } = input;
  // An own message that overtook others isn't taken away again until they are here.
  const acknowledged = timeline.hasAfter ? [] : timeline.ahead.filter((message) => message.user_id === me);
  const shown = [...timeline.messages, ...acknowledged];
  const nonces = new Set(shown.map((message) => message.nonce));
  const notices = coalesce(input.notices).filter((line) => line.afterSeq >= timeline.firstSeq - 1);
  /** @type {Row[]} */
  const rows = [];
  const place = new Placement(dayOf, rows);

  /** @param {number} seq */
  const placeNotices = (seq) => {
    while (notices[0] && notices[0].afterSeq < seq) {
      const line = /** @type {NoticeLine} */ (notices.shift());
      place.breakGroup();
      rows.push({ type: 'notice', key: `notice-${line.afterSeq}`, line });
    }
  };

  for (const message of shown) {
    placeNotices(message.seq);
    const grouped = place.author(message.user_id, message.created_at, message.deleted === true);
    const leaving = input.leaving.has(message._id) && !message.deleted;
    rows.push({ type: 'message', key: timeline.keyOf(message), message, grouped, own: message.user_id === me, leaving });
  }
  if (timeline.hasAfter) return rows;
  placeNotices(Infinity);
  for (const entry of input.pending) {
    if (nonces.has(entry.nonce)) continue;
    rows.push({ type: 'pending', key: entry.nonce, entry, grouped: place.author(me, entry.created_at, false) });
  }
  return rows;
}

/** Follows author and day from row to row. */
class Placement {
  #day = '';
  #author = '';
  #at = 0;
  #dayOf;
  #rows;

  /** @param {(iso: string) => string} dayOf @param {Row[]} rows */
  constructor(dayOf, rows) {
    this.#dayOf = dayOf;
    this.#rows = rows;
  }

  breakGroup() {
    this.#author = '';
  }

  /**
   * Starts a new day if need be, and tells whether the row goes on from the one before.
   * @param {string} userId @param {string} iso @param {boolean} deleted
   */
  author(userId, iso, deleted) {
    const day = this.#dayOf(iso);
    const at = Date.parse(iso);
    if (day !== this.#day) {
      this.#rows.push({ type: 'day', key: `day-${day}`, at: iso });
      this.#author = '';
    }
    const grouped = userId === this.#author && at - this.#at < GROUP_MS;
    this.#day = day;
    this.#at = at;
    // What follows a tombstone shows its author again.
    this.#author = deleted ? '' : userId;
    return grouped;
  }
}
