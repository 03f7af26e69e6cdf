// @ts-check
// What can be done with a message: a toolbar on the row under the pointer or with the focus, a sheet on touch.
import { clone, make, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { formatRoute } from '../model/route.js';
import { dialog } from './dialog.js';
import { icon } from './icon.js';

/**
 * @typedef {import('../net/types.js').Message} Message
 * @typedef {{ name: string, label: string, icon: string, danger?: boolean, run: (message: Message) => void }} Action
 */

const LONG_PRESS_MS = 450;
const STILL_PX = 10;

export class Actions {
  #store;
  #remove;
  #messageOf;
  #list;
  #bar = clone('t-actions');
  #sheet = dialog('dialog-actions');
  /** @type {HTMLElement | null} */
  #host = null;

  /**
   * @param {import('../model/store.js').Store} store
   * @param {HTMLElement} list
   * @param {(article: HTMLElement) => Message | null} messageOf the message of a row that has actions
   * @param {(message: Message) => void} remove
   */
  constructor(store, list, messageOf, remove) {
    this.#store = store;
    this.#list = list;
    this.#messageOf = messageOf;
    this.#remove = remove;
    list.addEventListener('pointerover', (event) => {
      if (event.pointerType === 'mouse') this.#attachTo(event.target);
    });
    list.addEventListener('focusin', (event) => this.#attachTo(event.target));
    list.addEventListener('pointerleave', () => {
      if (!this.#host?.contains(document.activeElement)) this.detach();
    });
    list.addEventListener('contextmenu', (event) => this.#contextMenu(event));
    this.#bar.addEventListener('keydown', (event) => this.#key(event));
    this.#listenForLongPress();
  }

  /** Takes the toolbar away. */
  detach() {
    this.#bar.remove();
    this.#host = null;
  }

  /** Moves the focus into the toolbar of a row. @param {HTMLElement} article */
  enter(article) {
    this.#attachTo(article);
    const first = this.#bar.querySelector('button');
    if (this.#host === article) first?.focus();
  }

  /** @param {Message} message @returns {Action[]} */
  #actionsOf(message) {
    /** @type {Action[]} */
    const actions = [
      { name: 'copy-text', label: t('actions.copy_text'), icon: 'copy', run: ({ content }) => this.#copy(content ?? '') },
      { name: 'copy-link', label: t('actions.copy_link'), icon: 'link', run: (it) => this.#copy(linkTo(it)) },
    ];
    if (message.user_id === this.#store.me) {
      actions.push({ name: 'delete', label: t('actions.delete'), icon: 'trash', danger: true, run: this.#remove });
    }
    return actions;
  }

  /** @param {EventTarget | null} target */
  #attachTo(target) {
    const article = target instanceof Element ? target.closest('article') : null;
    if (!article || article === this.#host || this.#bar.contains(document.activeElement)) return;
    const message = this.#messageOf(article);
    if (!message) return this.detach();
    const buttons = this.#actionsOf(message).map((action) => {
      const button = this.#button(action, message, 'icon-button');
      button.setAttribute('aria-label', action.label);
      button.title = action.label;
      button.tabIndex = -1;
      return button;
    });
    this.#bar.replaceChildren(...buttons);
    this.#host = article;
    article.append(this.#bar);
  }

  /** @param {Action} action @param {Message} message @param {string} kind */
  #button(action, message, kind) {
    const button = make('button', { class: action.danger ? `${kind} danger-text` : kind });
    button.type = 'button';
    button.dataset.action = action.name;
    button.append(icon(action.icon));
    button.addEventListener('click', () => {
      if (this.#sheet.open) this.#sheet.close();
      action.run(this.#currentOf(message));
    });
    return button;
  }

  /** The row may have changed since its toolbar was made. @param {Message} message */
  #currentOf(message) {
    return this.#store.timeline(message.room_id).find(message._id) ?? message;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const buttons = [...this.#bar.querySelectorAll('button')];
    const index = buttons.findIndex((button) => button === document.activeElement);
    const steps = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (steps) buttons[(index + steps + buttons.length) % buttons.length]?.focus();
    else if (event.key === 'Escape') this.#host?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The context key, and the long press of browsers that tell of it so. @param {MouseEvent} event */
  #contextMenu(event) {
    const byMouse = event instanceof PointerEvent && event.pointerType === 'mouse';
    const article = event.target instanceof Element ? event.target.closest('article') : null;
    if (byMouse || !article || (event.target instanceof Element && event.target.closest('a'))) return;
    event.preventDefault();
    this.#openSheet(article);
  }

  #listenForLongPress() {
    let timer = 0;
    let from = { x: 0, y: 0 };
    this.#list.addEventListener('pointerdown', (event) => {
      const article = event.target instanceof Element ? event.target.closest('article') : null;
      if (event.pointerType !== 'touch' || !article) return;
      from = { x: event.clientX, y: event.clientY };
      timer = Number(setTimeout(() => this.#openSheet(article), LONG_PRESS_MS));
    });
    this.#list.addEventListener('pointermove', (event) => {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL_PX) clearTimeout(timer);
    });
    for (const end of /** @type {const} */ (['pointerup', 'pointercancel', 'pointerleave'])) {
      this.#list.addEventListener(end, () => clearTimeout(timer));
    }
  }

  /** @param {HTMLElement} article */
  #openSheet(article) {
    const message = this.#messageOf(article);
    if (!message || this.#sheet.open) return;
    const buttons = this.#actionsOf(message).map((action) => {
      const button = this.#button(action, message, 'sheet-action');
      button.append(action.label);
      return button;
    });
    part(this.#sheet, '[data-actions]').replaceChildren(...buttons);
    this.#sheet.showModal();
  }

  /** @param {string} text */
  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.#store.emit('toast', t('actions.copied'));
    } catch {
      this.#store.emit('toast', t('actions.not_copied'));
    }
  }
}

/** @param {Message} message */
const linkTo = ({ room, _id }) => `${location.origin}/chat-ui${formatRoute({ name: 'room', room, message: _id })}`;
