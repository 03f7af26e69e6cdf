// @ts-check
// The open room's messages. Rows are matched by key, so what is shown is only touched where it changed.
import { part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { dayOf } from '../lib/time.js';
import { roomLabel } from '../model/rooms.js';
import { buildRows } from '../model/rows.js';
import { Actions } from './actions.js';
import { roomIcon, setIcon } from './icon.js';
import { createRow, signatureOf, updateRow } from './message.js';
import { Roving } from './roving.js';
import { Scroll } from './scroll.js';

/**
 * @typedef {import('../model/rows.js').Row} Row
 * @typedef {{
 *   store: import('../model/store.js').Store,
 *   outbox: import('../model/outbox.js').Outbox,
 *   reader: import('../command/reader.js').Reader,
 *   conversation: import('../command/conversation.js').Conversation,
 *   sender: import('../command/sender.js').Sender,
 *   remover: import('../command/remover.js').Remover,
 * }} Parts
 */

/** A hidden page draws no frames, but its rows shall be there when it is looked at again. */
const HIDDEN_MS = 250;
const PAGE_AHEAD = '800px 0px';

export class TimelineView {
  #parts;
  #list = part(document, '[data-timeline]');
  #scroller = part(document, '[data-scroller]');
  #jump = part(document, '[data-jump]');
  #edges = { before: part(document, '[data-top]'), after: part(document, '[data-bottom]') };
  #scroll = new Scroll(this.#scroller, this.#list);
  #actions;
  #roving;
  #roomId = '';
  /** @type {Map<string, { row: Row, element: HTMLElement, signature: string }>} */
  #shown = new Map();
  #target = '';
  #scheduled = false;
  #observer;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { store, remover } = parts;
    const messageOf = (/** @type {HTMLElement} */ article) => this.#messageOf(article);
    const remove = (/** @type {import('../net/types.js').Message} */ message) => this.#remove(message);
    this.#actions = new Actions(store, this.#list, messageOf, remove);
    this.#roving = new Roving(this.#list, (article, action) => this.#rowAction(article, action));
    this.#observer = new IntersectionObserver((entries) => this.#reached(entries), {
      root: this.#scroller,
      rootMargin: PAGE_AHEAD,
    });
    store.on('timeline', (roomId) => this.#schedule(roomId));
    store.on('paging', (roomId) => this.#schedule(roomId));
    store.on('conversation', () => this.#open());
    store.on('target', (id) => {
      this.#target = id;
      this.#schedule(this.#roomId);
    });
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#jump.addEventListener('click', () => void this.toPresent());
    this.#rowActions = {
      undo: (row) => row.type === 'message' && remover.undo(row.message),
      retry: (row) => row.type === 'pending' && void parts.sender.retry(row.entry.room_id, row.key),
      discard: (row) => row.type === 'pending' && void parts.sender.discard(row.key),
    };
  }

  /** @type {import('./message.js').RowActions} */
  #rowActions;

  /** Shows the newest message. */
  async toPresent() {
    this.#scroll.following = true;
    await this.#parts.conversation.toPresent();
    this.#render();
    this.#scroll.toEnd();
  }

  /** Moves the focus to the last message. */
  focusLast() {
    this.#roving.last();
  }

  #open() {
    const { room } = this.#parts.store;
    if (!room || room._id === this.#roomId) {
      if (!room) this.#roomId = '';
      return;
    }
    this.#roomId = room._id;
    this.#actions.detach();
    this.#list.replaceChildren();
    this.#shown.clear();
    this.#scroll.forget();
    this.#scroll.following = this.#parts.store.timeline(room._id).follow;
    this.#render();
  }

  /** @param {string} roomId */
  #schedule(roomId) {
    if (roomId !== this.#roomId || this.#scheduled) return;
    this.#scheduled = true;
    const draw = () => {
      this.#scheduled = false;
      this.#render();
    };
    if (document.hidden) setTimeout(draw, HIDDEN_MS);
    else requestAnimationFrame(draw);
  }

  #render() {
    const { store, outbox, reader } = this.#parts;
    const { room, user } = store;
    if (!room || !user || room._id !== this.#roomId) return;
    const timeline = store.timeline(room._id);
    const input = { timeline, pending: outbox.of(room._id), notices: store.notices(room._id), me: user._id, dayOf };
    const rows = timeline.loaded ? buildRows({ ...input, leaving: new Set(store.leaving.keys()) }) : [];
    this.#scroll.hold(() => {
      this.#match(rows, user);
      this.#edges.before.classList.toggle('more', timeline.hasBefore || !timeline.loaded);
      this.#edges.after.classList.toggle('more', timeline.hasAfter);
      this.#showBegin(room, timeline);
    });
    this.#scroller.setAttribute('aria-busy', String(!timeline.loaded || reader.isPaging(room._id)));
    this.#roving.refresh();
    this.#showTarget();
    this.#showJump();
    this.#watchEdges();
  }

  /** Brings the list of elements in line with the rows. @param {Row[]} rows @param {import('../net/types.js').User} me */
  #match(rows, me) {
    const wanted = new Set(rows.map(({ key }) => key));
    for (const [key, { element }] of this.#shown) {
      if (wanted.has(key)) continue;
      element.remove();
      this.#shown.delete(key);
    }
    let next = this.#list.firstElementChild;
    for (const row of rows) {
      const element = this.#draw(row, me);
      if (element === next) next = next.nextElementSibling;
      else this.#list.insertBefore(element, next);
    }
  }

  /** @param {Row} row @param {import('../net/types.js').User} me */
  #draw(row, me) {
    const signature = signatureOf(row);
    const known = this.#shown.get(row.key);
    const element = known?.element ?? createRow(row);
    if (known?.signature !== signature) updateRow(element, row, me, this.#rowActions);
    this.#shown.set(row.key, { row, element, signature });
    element.dataset.key = row.key;
    return element;
  }

  /** @param {import('../net/types.js').Room} room @param {import('../model/timeline.js').Timeline} timeline */
  #showBegin(room, timeline) {
    const begin = part(document, '[data-begin]');
    begin.hidden = timeline.hasBefore || !timeline.loaded;
    setIcon(part(begin, '.begin-icon'), roomIcon(room));
    const name = roomLabel(room);
    part(begin, '[data-begin-title]').textContent = t('room.begin_title', { name });
    const empty = timeline.messages.length === 0;
    part(begin, '[data-begin-text]').textContent = empty ? t('room.begin_empty') : room.topic || t('room.begin', { name });
  }

  #showTarget() {
    const found = this.#target ? this.#parts.store.timeline(this.#roomId).find(this.#target) : undefined;
    const shown = found && this.#shown.get(this.#parts.store.timeline(this.#roomId).keyOf(found));
    if (!shown) return;
    this.#target = '';
    this.#scroll.toRow(shown.element);
    this.#roving.focus(part(shown.element, 'article'));
    shown.element.classList.add('target');
    shown.element.addEventListener('animationend', () => shown.element.classList.remove('target'), { once: true });
  }

  #showJump() {
    const timeline = this.#parts.store.timeline(this.#roomId);
    const shown = !this.#scroll.following && timeline.loaded && (timeline.unseen > 0 || timeline.hasAfter || this.#scroll.isFarFromEnd);
    this.#jump.hidden = !shown;
    const text = timeline.unseen > 0 ? t('jump.unseen', { count: timeline.unseen }) : t('jump.present');
    part(this.#jump, '[data-jump-text]').textContent = text;
    this.#jump.classList.toggle('unseen', timeline.unseen > 0);
  }

  /** Observing anew makes the observer tell again where an edge that stayed in view is. */
  #watchEdges() {
    for (const edge of Object.values(this.#edges)) {
      this.#observer.unobserve(edge);
      if (edge.classList.contains('more')) this.#observer.observe(edge);
    }
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #reached(entries) {
    const timeline = this.#parts.store.timeline(this.#roomId);
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting || !timeline.loaded) continue;
      void this.#parts.reader.page(this.#roomId, target === this.#edges.before ? 'before' : 'after');
    }
  }

  #scrolled() {
    if (!this.#roomId) return;
    const timeline = this.#parts.store.timeline(this.#roomId);
    this.#scroll.scrolled(!timeline.hasAfter);
    timeline.follow = this.#scroll.following;
    if (timeline.follow) timeline.unseen = 0;
    this.#showJump();
  }

  /** @param {HTMLElement} article */
  #rowOf(article) {
    const key = article.closest('li')?.dataset.key ?? '';
    return this.#shown.get(key)?.row;
  }

  /** @param {HTMLElement} article */
  #messageOf(article) {
    const row = this.#rowOf(article);
    return row?.type === 'message' && !row.message.deleted && !row.leaving ? row.message : null;
  }

  /** @param {HTMLElement} article @param {string} action */
  #rowAction(article, action) {
    const message = this.#messageOf(article);
    if (action === 'enter-actions') {
      const inRow = article.querySelector('.state button');
      if (inRow instanceof HTMLElement && !message) inRow.focus();
      else this.#actions.enter(article);
    } else if (action === 'delete' && message && message.user_id === this.#parts.store.me) {
      this.#remove(message);
    }
  }

  /** Offers the undo where the focus was. @param {import('../net/types.js').Message} message */
  #remove(message) {
    const key = this.#parts.store.timeline(message.room_id).keyOf(message);
    const element = this.#shown.get(key)?.element;
    const hadFocus = element?.contains(document.activeElement) || document.activeElement === document.body;
    this.#actions.detach();
    this.#parts.remover.remove(message);
    this.#render();
    const undo = element?.querySelector('.state button');
    if (hadFocus && undo instanceof HTMLElement) undo.focus({ preventScroll: true });
  }
}
