// @ts-check
// The rows are one stop of the Tab key; the arrows move between them.
import { actionOf } from '../model/keys.js';
import { isMac } from './shortcuts.js';

export class Roving {
  #list;
  #act;
  /** @type {HTMLElement | null} */
  #current = null;

  /** @param {HTMLElement} list @param {(article: HTMLElement, action: string) => void} act what the table of keys names besides moving */
  constructor(list, act) {
    this.#list = list;
    this.#act = act;
    list.addEventListener('focusin', (event) => {
      const article = event.target instanceof Element ? event.target.closest('article') : null;
      if (article) this.#set(article);
    });
    list.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Keeps exactly one row in the order of the Tab key: the last one, unless another was chosen. */
  refresh() {
    if (this.#current?.isConnected && this.#current.contains(document.activeElement)) return;
    const last = this.#articles().at(-1);
    if (last) this.#set(last);
  }

  /** @param {HTMLElement} article */
  focus(article) {
    this.#set(article);
    article.focus({ preventScroll: true });
  }

  last() {
    const last = this.#articles().at(-1);
    if (last) this.focus(last);
  }

  #articles() {
    return [...this.#list.querySelectorAll('article')];
  }

  /** @param {HTMLElement} article */
  #set(article) {
    if (this.#current) this.#current.tabIndex = -1;
    article.tabIndex = 0;
    this.#current = article;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const article = event.target instanceof HTMLElement && event.target.matches('article') ? event.target : null;
    const action = article ? actionOf(event, 'messages', isMac) : null;
    if (!article || action === null) return;
    event.preventDefault();
    event.stopPropagation();
    const articles = this.#articles();
    const index = articles.indexOf(article);
    const targets = { 'previous-row': index - 1, 'next-row': index + 1, 'first-row': 0, 'last-row': articles.length - 1 };
    const to = targets[/** @type {keyof typeof targets} */ (action)];
    if (to === undefined) this.#act(article, action);
    else if (articles[to]) {
      articles[to].focus({ preventScroll: true });
      articles[to].scrollIntoView({ block: 'nearest' });
    }
  }
}
