// @ts-check
// Ctrl+K: type a few letters of a room's name and go there.
import { clone, find, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { matchRooms, roomLabel } from '../model/rooms.js';
import { dialog } from './dialog.js';
import { roomIcon, setIcon } from './icon.js';

/** @typedef {import('../net/types.js').Room} Room */

const SHOWN = 12;

export class Switcher {
  #store;
  #rooms;
  #dialog = dialog('dialog-switch');
  #input = find(this.#dialog, 'input', HTMLInputElement);
  #list = part(this.#dialog, 'ul');
  #empty = part(this.#dialog, '[data-empty]');
  /** @type {Room[]} */
  #found = [];
  #chosen = 0;

  /** @param {import('../model/store.js').Store} store @param {import('../command/room-list.js').RoomList} rooms */
  constructor(store, rooms) {
    this.#store = store;
    this.#rooms = rooms;
    part(document, '[data-open-switcher]').addEventListener('click', () => this.open());
    this.#input.addEventListener('input', () => this.#search());
    this.#input.addEventListener('keydown', (event) => this.#key(event));
  }

  open() {
    if (this.#dialog.open) return;
    this.#input.value = '';
    this.#search();
    this.#dialog.showModal();
    this.#input.focus();
  }

  #search() {
    this.#found = matchRooms(this.#store.rooms, this.#input.value).slice(0, SHOWN);
    this.#list.replaceChildren(...this.#found.map((room, index) => this.#option(room, index)));
    this.#list.hidden = this.#found.length === 0;
    this.#empty.textContent = this.#found.length === 0 ? t('switch.none') : '';
    this.#choose(0);
  }

  /** @param {Room} room @param {number} index */
  #option(room, index) {
    const option = clone('t-option');
    option.id = `switch-${index}`;
    setIcon(option, roomIcon(room));
    part(option, '.name').textContent = roomLabel(room);
    part(option, '.topic').textContent = room.topic;
    option.addEventListener('click', () => this.#go(room));
    return option;
  }

  /** @param {number} index */
  #choose(index) {
    this.#chosen = this.#found.length === 0 ? 0 : (index + this.#found.length) % this.#found.length;
    for (const [place, option] of [...this.#list.children].entries()) {
      option.setAttribute('aria-selected', String(place === this.#chosen));
    }
    const option = this.#list.children[this.#chosen];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.#input.setAttribute('aria-activedescendant', option.id);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const room = this.#found[this.#chosen];
    if (steps) this.#choose(this.#chosen + steps);
    else if (event.key === 'Enter' && room) this.#go(room);
    else return;
    event.preventDefault();
  }

  /** @param {Room} room */
  #go(room) {
    this.#dialog.close();
    this.#rooms.go({ name: 'room', room: roomLabel(room) });
  }
}
