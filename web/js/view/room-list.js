// @ts-check
// The sidebar: my rooms, and the ways to more of them.
import { clone, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { formatRoute } from '../model/route.js';
import { roomLabel } from '../model/rooms.js';
import { showAvatar } from './avatar.js';
import { roomIcon, setIcon } from './icon.js';

/** @typedef {import('../model/store.js').Store} Store */

export class RoomListView {
  #store;
  #list = part(document, '[data-rooms]');

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    store.on('rooms', () => this.#show());
    store.on('conversation', () => this.#mark());
    store.on('phase', () => this.#showMe());
  }

  #showMe() {
    const { user } = this.#store;
    if (!user) return;
    const button = part(document, '[data-settings]');
    showAvatar(part(button, '.avatar'), { name: user.username, own: true });
    part(button, '[data-me]').textContent = user.username;
  }

  #show() {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.room : undefined;
    const items = this.#store.rooms.map((room) => {
      const item = clone('t-room');
      const link = part(item, 'a');
      const label = roomLabel(room);
      link.setAttribute('href', formatRoute({ name: 'room', room: label }));
      link.dataset.room = room._id;
      link.title = room.topic;
      part(link, '.name').textContent = label;
      if (room.kind === 'private') link.setAttribute('aria-label', t('rooms.private', { name: label }));
      setIcon(link, roomIcon(room));
      return item;
    });
    this.#list.replaceChildren(...items);
    this.#list.hidden = items.length === 0;
    part(document, '[data-no-rooms]').hidden = items.length > 0 || !this.#store.roomsLoaded;
    this.#mark();
    const again = focused ? this.#list.querySelector(`[data-room="${CSS.escape(focused)}"]`) : null;
    if (again instanceof HTMLElement) again.focus();
  }

  #mark() {
    const open = this.#store.room?._id;
    for (const link of this.#list.querySelectorAll('a')) {
      if (link.dataset.room === open) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  }
}
