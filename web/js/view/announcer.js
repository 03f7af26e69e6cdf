// @ts-check
// Tells screen readers of new messages, together where there are many.
import { make, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';

const GATHER_MS = 1_000;
const ONE_BY_ONE = 3;
const KEPT = 20;

export class Announcer {
  #root = part(document, '[data-announcer]');
  /** @type {import('../net/types.js').Message[]} */
  #waiting = [];
  #timer = 0;

  /** @param {import('../model/store.js').Store} store */
  constructor(store) {
    store.on('arrived', (message) => {
      this.#waiting.push(message);
      this.#timer ||= Number(setTimeout(() => this.#tell(), GATHER_MS));
    });
    store.on('conversation', () => {
      this.#waiting = [];
    });
    store.on('phase', () => this.#root.replaceChildren());
  }

  #tell() {
    const messages = this.#waiting;
    this.#waiting = [];
    this.#timer = 0;
    const texts =
      messages.length > ONE_BY_ONE
        ? [t('announce.many', { count: messages.length })]
        : messages.map(({ username, content }) => t('announce.message', { name: username, text: content ?? '' }));
    this.#root.append(...texts.map((text) => make('p', { text })));
    while (this.#root.childElementCount > KEPT) this.#root.firstElementChild?.remove();
  }
}
