// @ts-check
// What surrounds the timeline: the room's head, and what is shown where no room can be.
import { part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { mayPost, roomLabel } from '../model/rooms.js';
import { dialog } from './dialog.js';
import { showFaults, whileBusy } from './form.js';

/**
 * @typedef {import('../model/store.js').Store} Store
 * @typedef {import('../command/room-list.js').RoomList} RoomList
 */

export class ConversationView {
  #store;
  #rooms;
  #browse;
  #room = part(document, '[data-room]');
  #placeholder = part(document, '[data-placeholder]');
  #leave = dialog('dialog-leave');
  /** @type {() => void} */
  #action = () => {};

  /** @param {Store} store @param {RoomList} rooms @param {() => void} browse opens the list of rooms that can be joined */
  constructor(store, rooms, browse) {
    this.#store = store;
    this.#rooms = rooms;
    this.#browse = browse;
    store.on('conversation', () => this.#show());
    store.on('rooms', () => this.#show());
    part(this.#placeholder, '[data-placeholder-action]').addEventListener('click', () => this.#action());
    part(this.#room, '[data-leave]').addEventListener('click', () => this.#askLeave());
    const confirm = part(this.#leave, '[data-confirm]');
    confirm.addEventListener('click', () => void whileBusy(confirm, () => this.#carryOutLeave()));
  }

  #show() {
    const { conversation } = this.#store;
    this.#room.hidden = conversation.kind !== 'open';
    this.#placeholder.hidden = conversation.kind === 'open' || conversation.kind === 'loading' || !this.#store.roomsLoaded;
    if (conversation.kind === 'open') this.#showRoom(conversation.room);
    else if (conversation.kind === 'closed') this.#showClosed(conversation);
    else this.#showHome();
  }

  /** @param {import('../net/types.js').Room} room */
  #showRoom(room) {
    part(this.#room, '[data-room-title]').textContent = roomLabel(room);
    const members = t('browse.members', { count: room.member_count });
    part(this.#room, '[data-room-topic]').textContent = room.topic ? `${members} · ${room.topic}` : members;
    const post = mayPost(room);
    part(this.#room, '[data-composer]').hidden = !post;
    const readOnly = part(this.#room, '[data-read-only]');
    readOnly.hidden = post;
    readOnly.textContent = room.archived_at ? t('room.archived') : t('room.announce');
  }

  /** @param {{ reference: string, reason: string, joinable: boolean }} closed */
  #showClosed({ reference, reason, joinable }) {
    if (joinable) {
      const join = () => void this.#join(reference);
      this.#fill(t('room.join_title', { name: reference }), t('room.join_text'), t('room.join', { name: reference }), join, false);
    } else {
      this.#fill(t('room.closed_title', { name: reference }), reason, t('rooms.browse'), this.#browse, false);
    }
  }

  #showHome() {
    const none = this.#store.rooms.length === 0;
    const title = none ? t('home.empty_title') : t('home.title');
    const text = none ? t('home.empty_text') : t('home.text');
    this.#fill(title, text, t('rooms.browse'), this.#browse, true);
  }

  /** @param {string} title @param {string} text @param {string} label @param {() => void} action @param {boolean} create */
  #fill(title, text, label, action, create) {
    part(this.#placeholder, '[data-placeholder-title]').textContent = title;
    part(this.#placeholder, '[data-placeholder-text]').textContent = text;
    part(this.#placeholder, '[data-placeholder-action]').textContent = label;
    part(this.#placeholder, '[data-placeholder-create]').hidden = !create;
    this.#action = action;
  }

  /** @param {string} reference */
  async #join(reference) {
    const joined = await this.#rooms.join(reference);
    if (!joined.ok) this.#store.emit('toast', joined.message);
  }

  #askLeave() {
    const { room } = this.#store;
    if (!room) return;
    part(this.#leave, '[data-leave-title]').textContent = t('room.leave_title', { name: roomLabel(room) });
    const text = room.kind === 'public' ? t('room.leave_public') : t('room.leave_private');
    part(this.#leave, '[data-leave-text]').textContent = text;
    showFaults(this.#leave, []);
    this.#leave.showModal();
  }

  async #carryOutLeave() {
    const { room } = this.#store;
    if (!room) return;
    const left = await this.#rooms.leave(room);
    if (left.ok) this.#leave.close();
    else showFaults(this.#leave, [], left.message);
  }
}
