// @ts-check
// Everything one can do with rooms but talk in them.
import { roomLabel } from '../model/rooms.js';
import { formatRoute } from '../model/route.js';
import { recall } from '../lib/preferences.js';
import { attempt } from './outcome.js';

/**
 * @typedef {import('../net/types.js').Room} Room
 * @typedef {{ store: import('../model/store.js').Store, api: import('../net/endpoints.js').Endpoints }} Parts
 */

export class RoomList {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Reads my rooms anew. */
  refresh() {
    return attempt(async () => this.#parts.store.setRooms(await this.#parts.api.rooms()));
  }

  /** Reads what a message may be at most; where that fails the usual limits stay. */
  limits() {
    return attempt(async () => {
      const limits = await this.#parts.api.limits();
      this.#parts.store.limits = { characters: limits.message_characters, bytes: limits.message_bytes };
    });
  }

  /** Rooms that are open to all, mine among them. @param {string} text */
  directory(text) {
    return attempt(() => this.#parts.api.directory(text));
  }

  /** Becomes a member and goes there. @param {string} reference */
  join(reference) {
    return attempt(async () => {
      const room = await this.#parts.api.join(reference);
      this.#enter(room);
      return room;
    });
  }

  /** @param {{ name: string, kind: string, topic?: string }} room */
  create(room) {
    return attempt(async () => {
      const made = await this.#parts.api.createRoom(room);
      this.#enter(made);
      return made;
    });
  }

  /** @param {Room} room */
  leave(room) {
    return attempt(async () => {
      const { api, store } = this.#parts;
      await api.leave(room._id);
      const wasOpen = store.room?._id === room._id;
      store.dropRoom(room._id);
      if (wasOpen) this.go({ name: 'home' });
    });
  }

  /** @param {import('../model/route.js').Route} route @param {boolean} [replace] leaves no step back */
  go(route, replace = false) {
    const hash = formatRoute(route);
    if (location.hash === hash) return;
    if (replace) location.replace(hash);
    else location.hash = hash;
  }

  /** The room to begin with: the last one read, or else the oldest. */
  get home() {
    const { rooms } = this.#parts.store;
    const oldest = [...rooms].sort((a, b) => a.created_at.localeCompare(b.created_at))[0];
    return rooms.find((room) => room._id === recall('room')) ?? oldest;
  }

  /** @param {Room} room */
  #enter(room) {
    const { store } = this.#parts;
    store.putRoom(room);
    // Where its page said that it can't be read, it can be now.
    if (store.conversation.kind === 'closed') store.setConversation({ kind: 'none' });
    const target = formatRoute({ name: 'room', room: roomLabel(room) });
    if (location.hash === target) store.setRoute({ name: 'room', room: roomLabel(room) });
    else location.hash = target;
  }
}
