// @ts-check
// The dialog of rooms that are open to all.
import { clone, find, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { roomLabel } from '../model/rooms.js';
import { dialog } from './dialog.js';
import { whileBusy } from './form.js';
import { roomIcon, setIcon } from './icon.js';

/** @typedef {import('../net/types.js').Room} Room */

const TYPING_MS = 200;

export class Directory {
  #rooms;
  #dialog = dialog('dialog-browse');
  #search = find(this.#dialog, 'input', HTMLInputElement);
  #list = part(this.#dialog, '[data-list]');
  #empty = part(this.#dialog, '[data-empty]');
  #timer = 0;
  #asked = 0;

  /** @param {import('../command/room-list.js').RoomList} rooms */
  constructor(rooms) {
    this.#rooms = rooms;
    part(document, '[data-browse]').addEventListener('click', this.open);
    this.#search.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = Number(setTimeout(() => void this.#ask(), TYPING_MS));
    });
  }

  open = () => {
    this.#search.value = '';
    this.#list.replaceChildren();
    this.#empty.textContent = '';
    this.#dialog.showModal();
    this.#search.focus();
    void this.#ask();
  };

  async #ask() {
    this.#asked += 1;
    const turn = this.#asked;
    const found = await this.#rooms.directory(this.#search.value.trim());
    // A later question was answered earlier.
    if (turn !== this.#asked) return;
    const rooms = found.ok ? found.value : [];
    this.#list.replaceChildren(...rooms.map((room) => this.#item(room)));
    this.#empty.textContent = !found.ok ? found.message : rooms.length === 0 ? t('browse.none') : '';
  }

  /** @param {Room} room */
  #item(room) {
    const item = clone('t-directory-room');
    const name = roomLabel(room);
    const member = room.role !== undefined;
    setIcon(item, roomIcon(room));
    part(item, '.name').textContent = name;
    part(item, '.members').textContent = t('browse.members', { count: room.member_count });
    const topic = part(item, '.topic');
    topic.textContent = room.topic;
    topic.hidden = room.topic === '';
    const button = part(item, 'button');
    button.textContent = member ? t('browse.open') : t('browse.join');
    button.setAttribute('aria-label', member ? t('browse.open_room', { name }) : t('browse.join_room', { name }));
    button.classList.add(member ? 'quiet' : 'primary');
    button.addEventListener('click', () => void whileBusy(button, () => this.#enter(room)));
    return item;
  }

  /** @param {Room} room */
  async #enter(room) {
    if (room.role !== undefined) this.#rooms.go({ name: 'room', room: roomLabel(room) });
    else {
      const joined = await this.#rooms.join(room._id);
      if (!joined.ok) {
        this.#empty.textContent = joined.message;
        return;
      }
    }
    this.#dialog.close();
  }
}
