// @ts-check
// Where messages are written. Each room has its own draft; sending never blocks writing.
import { find, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { recall, remember } from '../lib/preferences.js';
import { countGraphemes } from '../model/emoji.js';
import { actionOf } from '../model/keys.js';
import { roomLabel } from '../model/rooms.js';
import { isMac } from './shortcuts.js';

/** Where the soft keyboard's Enter makes a new line, as everywhere on a phone. */
const touch = matchMedia('(pointer: coarse)');
/** From so many characters before the limit on, the rest is counted down. */
const COUNT_FROM = 200;
/** @type {Record<string, string>} */
const MARKS = { bold: '**', italic: '_', code: '`' };

export class Composer {
  #store;
  #send;
  #toMessages;
  #form = find(document, '[data-composer]', HTMLFormElement);
  #field = find(this.#form, 'textarea', HTMLTextAreaElement);
  #counter = part(this.#form, '[data-counter]');
  #button = part(this.#form, '.send');
  #roomId = '';

  /**
   * @param {import('../model/store.js').Store} store
   * @param {(roomId: string, text: string) => void} send
   * @param {() => void} toMessages moves the focus to the last message
   */
  constructor(store, send, toMessages) {
    this.#store = store;
    this.#send = send;
    this.#toMessages = toMessages;
    store.on('conversation', () => this.#open());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener('input', () => this.#changed());
    this.#field.addEventListener('keydown', (event) => this.#key(event));
    // Pressing the button must not close the soft keyboard.
    this.#button.addEventListener('pointerdown', (event) => event.preventDefault());
    // Another width breaks the lines elsewhere.
    let width = 0;
    new ResizeObserver(() => {
      if (this.#form.clientWidth !== width) this.#grow();
      width = this.#form.clientWidth;
    }).observe(this.#form);
  }

  focus() {
    if (!this.#form.hidden) this.#field.focus({ preventScroll: true });
  }

  #open() {
    const { room } = this.#store;
    if (!room) {
      this.#roomId = '';
      return;
    }
    const placeholder = t('composer.placeholder', { name: roomLabel(room) });
    this.#field.placeholder = placeholder;
    this.#field.setAttribute('aria-label', placeholder);
    if (room._id === this.#roomId) return;
    this.#roomId = room._id;
    this.#field.value = recall(`draft.${room._id}`) ?? '';
    this.#changed();
    if (!touch.matches && !document.querySelector('dialog[open]')) this.focus();
  }

  #changed() {
    const text = this.#field.value;
    if (this.#roomId) remember(`draft.${this.#roomId}`, text.trim() === '' ? null : text);
    const over = this.#count(text);
    this.#form.classList.toggle('over', over);
    this.#form.classList.toggle('empty', text.trim() === '');
    this.#grow();
  }

  /** Shows how much room is left when it becomes tight. @param {string} text @returns {boolean} whether it is too long */
  #count(text) {
    const { characters, bytes } = this.#store.limits;
    // Counting what can't be near the limit would only cost time while typing.
    const near = characters > 0 && text.length >= characters - COUNT_FROM;
    const left = near ? characters - countGraphemes(text.trim()) : Infinity;
    const tooBig = bytes > 0 && text.length * 3 > bytes && new TextEncoder().encode(text.trim()).length > bytes;
    this.#counter.textContent =
      left > COUNT_FROM ? '' : left < 0 ? t('composer.over', { count: -left }) : t('composer.left', { count: left });
    return left < 0 || tooBig;
  }

  /** Makes the field as high as its text. */
  #grow() {
    // While it is measured it shrinks, and the messages above must not move for that.
    this.#form.style.height = `${this.#form.offsetHeight}px`;
    this.#field.style.height = 'auto';
    this.#field.style.height = `${this.#field.scrollHeight}px`;
    this.#form.style.height = '';
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const action = actionOf(event, 'writing', isMac);
    if (action === 'send' && !touch.matches) this.#submit();
    else if (action === 'to-messages' && this.#field.value === '') this.#toMessages();
    else if (action !== null && MARKS[action]) this.#mark(MARKS[action]);
    else return;
    event.preventDefault();
  }

  /** Puts marks around the selection, or takes them away. @param {string} mark */
  #mark(mark) {
    const { value, selectionStart: start, selectionEnd: end } = this.#field;
    const marked = value.slice(start - mark.length, start) === mark && value.slice(end, end + mark.length) === mark;
    const inner = value.slice(start, end);
    if (marked) this.#field.setSelectionRange(start - mark.length, end + mark.length);
    // The one way that leaves undo working.
    document.execCommand('insertText', false, marked ? inner : mark + inner + mark);
    const from = marked ? start - mark.length : start + mark.length;
    this.#field.setSelectionRange(from, from + inner.length);
  }

  #submit() {
    const text = this.#field.value.trim();
    if (text === '' || this.#roomId === '' || this.#form.classList.contains('over')) return;
    this.#field.value = '';
    this.#changed();
    this.#send(this.#roomId, text);
  }
}
