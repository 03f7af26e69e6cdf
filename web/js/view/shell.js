// @ts-check
// Which part of the page is seen: the splash, the welcome, or the app; and on a phone, the list or the room.
import { part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { roomLabel } from '../model/rooms.js';
import { closeDialogs } from './dialog.js';

/** @typedef {import('../model/store.js').Store} Store */

/** One area at a time. */
const narrow = matchMedia('(max-width: 719px)');

export class Shell {
  #store;
  #app = part(document, '[data-app]');

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    store.on('phase', () => this.#showPhase());
    store.on('route', () => this.#showArea());
    narrow.addEventListener('change', () => this.#showArea());
    store.on('conversation', () => this.#showTitle());
    const splash = part(document, '[data-splash-text]');
    splash.textContent = t('start.loading');
    store.on('toast', (text) => {
      if (store.phase === 'starting') splash.textContent = text;
    });
    part(document, '[data-skip]').addEventListener('click', (event) => {
      event.preventDefault();
      this.#skip();
    });
  }

  #showPhase() {
    const { phase } = this.#store;
    closeDialogs();
    part(document, '[data-splash]').hidden = phase !== 'starting';
    part(document, '[data-welcome]').hidden = phase !== 'signed-out';
    this.#app.hidden = phase !== 'signed-in';
    part(document, '[data-skip]').hidden = phase !== 'signed-in';
    this.#showArea();
    this.#showTitle();
  }

  #showArea() {
    const area = this.#store.route.name === 'room' ? 'room' : 'list';
    this.#app.dataset.area = area;
    // Where the list has the window for itself, it is what the page is about.
    const side = part(this.#app, '[data-side]');
    if (area === 'list' && narrow.matches) side.setAttribute('role', 'main');
    else side.removeAttribute('role');
  }

  #showTitle() {
    const { room } = this.#store;
    document.title = room ? `${roomLabel(room)} · Chinwag` : 'Chinwag';
  }

  #skip() {
    const composer = document.querySelector('#composer');
    const target = composer instanceof HTMLElement && composer.offsetParent ? composer : this.#landmarks()[1];
    target?.focus();
  }

  #landmarks() {
    const all = [...this.#app.querySelectorAll('[data-landmark]')].filter((element) => element instanceof HTMLElement);
    return all.filter((element) => element.offsetParent !== null);
  }

  /** Moves the focus to the next part of the window, or the one before. @param {1 | -1} step */
  cycleLandmarks(step) {
    const landmarks = this.#landmarks();
    // The innermost one that has the focus.
    const current = landmarks.findLastIndex((landmark) => landmark.contains(document.activeElement));
    const next = landmarks[(current + step + landmarks.length) % landmarks.length];
    if (next?.matches('form')) part(next, 'textarea').focus();
    else next?.focus();
  }
}
