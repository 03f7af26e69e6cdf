// @ts-check
// The open room: opens it where the address says, keeps it live, and notices when it can't be read any more.
import { t } from '../lib/i18n.js';
import { remember } from '../lib/preferences.js';
import { findRoom } from '../model/rooms.js';
import { attempt } from './outcome.js';

/**
 * @typedef {import('../net/types.js').Room} Room
 * @typedef {{
 *   store: import('../model/store.js').Store,
 *   api: import('../net/endpoints.js').Endpoints,
 *   gateway: import('../net/gateway.js').Gateway,
 *   outbox: import('../model/outbox.js').Outbox,
 *   reader: import('./reader.js').Reader,
 * }} Parts
 */

/** How often an open, visible room is compared with the server although nothing seems to be missing. */
const CHECK_MS = 45_000;

export class Conversation {
  #parts;
  #opening = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { gateway, store, reader } = parts;
    gateway.on('status', (status) => store.setConnection(status));
    gateway.on('open', (roomId) => void reader.catchUp(roomId));
    gateway.on('refused', (roomId) => void this.#probe(roomId));
    gateway.on('frame', (frame) => this.#take(frame));
    store.on('lost', () => this.#close(t('room.lost'), false));
    setInterval(() => void this.#check(), CHECK_MS);
    document.addEventListener('visibilitychange', () => this.#seen());
  }

  /** Opens a room, at a message if one is given. @param {string} reference @param {string} [message] */
  async open(reference, message) {
    const { store } = this.#parts;
    this.#opening += 1;
    const turn = this.#opening;
    const known = findRoom(store.rooms, reference);
    if (known && store.room?._id === known._id) {
      if (message) await this.#show(known, message);
      return;
    }
    if (known) return this.#enter(known, message);
    store.setConversation({ kind: 'loading', reference });
    const found = await attempt(() => this.#parts.api.room(reference));
    if (turn !== this.#opening) return;
    if (!found.ok) this.#close(found.message, false);
    else if (found.value.role === undefined) this.#close('', found.value.kind === 'public' && !found.value.archived_at);
    else {
      store.putRoom(found.value);
      await this.#enter(found.value, message);
    }
  }

  /** Leaves the open room without leaving its membership. */
  close() {
    this.#opening += 1;
    this.#parts.gateway.close();
    this.#parts.store.setConversation({ kind: 'none' });
  }

  /** Goes to the newest message. */
  async toPresent() {
    const { store, reader } = this.#parts;
    const room = store.room;
    if (!room) return;
    const timeline = store.timeline(room._id);
    timeline.follow = true;
    timeline.unseen = 0;
    if (timeline.hasAfter) await reader.latest(room._id);
    else store.emit('timeline', room._id);
  }

  /** @param {Room} room @param {string} [message] */
  async #enter(room, message) {
    const { store, gateway, reader } = this.#parts;
    const timeline = store.timeline(room._id);
    timeline.follow = message === undefined;
    timeline.unseen = 0;
    remember('room', room._id);
    store.setConversation({ kind: 'open', room });
    gateway.open(room._id);
    if (message) return this.#show(room, message);
    if (timeline.loaded && !timeline.hasAfter) return store.emit('timeline', room._id);
    const read = await reader.latest(room._id);
    if (!read.ok && read.code === 'network') store.emit('toast', read.message);
    else if (!read.ok) this.#close(read.message, false);
  }

  /** @param {Room} room @param {string} message */
  async #show(room, message) {
    const { store, reader } = this.#parts;
    const shown = await reader.around(room._id, message);
    if (shown.ok) return;
    store.emit('toast', shown.code === 'not_found' ? t('room.no_such_message') : shown.message);
    if (!store.timeline(room._id).loaded) await reader.latest(room._id);
  }

  /** @param {string} reason @param {boolean} joinable */
  #close(reason, joinable) {
    const { store, gateway } = this.#parts;
    const { route } = store;
    gateway.close();
    const reference = route.name === 'room' ? route.room : '';
    store.setConversation({ kind: 'closed', reference, reason: reason || t('room.not_a_member'), joinable });
  }

  /** @param {import('../net/protocol.js').Frame} frame */
  #take(frame) {
    const { store, reader, outbox } = this.#parts;
    const room = store.room;
    if (!room) return;
    const timeline = store.timeline(room._id);
    if (frame.type === 'message') {
      const { message } = frame;
      if (message.room_id !== room._id || !timeline.loaded) return;
      const fresh = message.seq > timeline.headSeq && message.user_id !== store.me;
      const gap = timeline.apply(message, store.me) === 'gap';
      if (message.nonce) void outbox.remove(message.nonce);
      store.emit('timeline', room._id);
      if (fresh) store.emit('arrived', message);
      if (gap) void reader.catchUp(room._id);
    } else if (frame.type === 'deleted') {
      timeline.bury(frame.id);
      store.emit('timeline', room._id);
      // The frame carries no number: ask for the tombstone.
      void reader.catchUp(room._id);
    } else if (frame.type === 'joined' || frame.type === 'left') {
      if (frame.userId === store.me) return;
      const { userId, username } = frame;
      store.addNotice(room._id, { userId, username, came: frame.type === 'joined', afterSeq: timeline.headSeq });
    }
  }

  /** The socket wasn't let in: finds out whether the room or only the network is gone. @param {string} roomId */
  async #probe(roomId) {
    const { store } = this.#parts;
    const found = await attempt(() => this.#parts.api.room(roomId));
    if (store.room?._id !== roomId) return;
    if (!found.ok && (found.code === 'not_found' || found.code === 'not_a_member' || found.code === 'forbidden')) {
      this.#close(t('room.lost'), false);
      store.dropRoom(roomId);
    }
  }

  /** The person is back: nothing waits any longer, and what was missed is fetched. */
  #seen() {
    if (document.visibilityState !== 'visible') return;
    this.#parts.gateway.retryNow();
    void this.#check();
  }

  /** A connection that looks open and has missed something is dead. */
  async #check() {
    const { store, reader, gateway } = this.#parts;
    const room = store.room;
    if (!room || store.connection.state !== 'open' || document.visibilityState !== 'visible') return;
    if (!store.timeline(room._id).loaded) return void reader.latest(room._id);
    const before = store.timeline(room._id).rev;
    const missed = await reader.catchUp(room._id);
    const lastKnown = store.timeline(room._id).rev;
    if (missed > 1 && lastKnown > before + 1) gateway.reconnect();
  }
}
