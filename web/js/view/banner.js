// @ts-check
// Says quietly that the connection is away, once it has been away for a moment.
import { part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';

/** Shorter interruptions aren't worth a word. */
const PATIENCE_MS = 2_000;

export class Banner {
  #store;
  #root = part(document, '[data-banner]');
  #text = part(this.#root, '[data-banner-text]');
  #now = part(this.#root, '[data-banner-now]');
  #awaySince = 0;
  #timer = 0;

  /** @param {import('../model/store.js').Store} store @param {() => void} retry */
  constructor(store, retry) {
    this.#store = store;
    store.on('connection', () => this.#changed());
    this.#now.addEventListener('click', retry);
  }

  #changed() {
    const { state } = this.#store.connection;
    const away = state === 'waiting' || state === 'connecting';
    if (!away) this.#awaySince = 0;
    else if (this.#awaySince === 0) this.#awaySince = Date.now();
    clearInterval(this.#timer);
    if (away) this.#timer = Number(setInterval(() => this.#show(), 500));
    this.#show();
  }

  #show() {
    const { state, retryAt } = this.#store.connection;
    const shown = this.#awaySince !== 0 && Date.now() - this.#awaySince >= PATIENCE_MS;
    this.#root.hidden = !shown;
    const waiting = state === 'waiting';
    const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
    const text = waiting ? t('banner.waiting', { count: seconds }) : t('banner.connecting');
    if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#now.hidden = !waiting;
  }
}
