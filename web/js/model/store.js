// @ts-check
// The state of the app, and who wants to know of its changes. Views read and listen; only commands write.
import { Emitter } from '../lib/emitter.js';
import { sortRooms, withRoom, withoutRoom } from './rooms.js';
import { Timeline } from './timeline.js';
import { addNotice } from './notices.js';

/**
 * @typedef {import('../net/types.js').User} User
 * @typedef {import('../net/types.js').Room} Room
 * @typedef {import('./route.js').Route} Route
 * @typedef {import('./notices.js').Notice} Notice
 * @typedef {{ state: 'idle' | 'connecting' | 'open' | 'waiting', retryAt: number }} Connection
 * @typedef {{ name: string, version: string, demo: { username: string, password: string }[], needsSetup: boolean }} Server
 * @typedef {{ kind: 'none' } | { kind: 'loading', reference: string } | { kind: 'open', room: Room }
 *   | { kind: 'closed', reference: string, reason: string, joinable: boolean }} Conversation
 *   `closed`: can't be shown; `reason` is for people
 * @typedef {'starting' | 'signed-out' | 'signed-in'} Phase
 * @typedef {{ phase: Phase, server: Server, route: Route, rooms: readonly Room[], conversation: Conversation,
 *   timeline: string, connection: Connection, paging: string, target: string, arrived: import('../net/types.js').Message,
 *   lost: string, toast: string }} StoreEvents
 *   `timeline` names the room; `target`: a message to be shown, by id; `arrived`: a new message of somebody else;
 *   `lost` names a room that can't be read any more
 */

/** @extends {Emitter<StoreEvents>} */
export class Store extends Emitter {
  /** @type {Phase} */
  phase = 'starting';
  /** Why the person was signed out, for people; empty if they wanted to be. */
  signedOutBecause = '';
  /** @type {User | null} */
  user = null;
  /** @type {Server} */
  server = { name: 'Chinwag', version: '', demo: [], needsSetup: false };
  /** @type {Route} */
  route = { name: 'home' };
  /** What a message may be at most; 0 means no limit. */
  limits = { characters: 4_000, bytes: 16 * 1024 };
  /** @type {readonly Room[]} */
  rooms = [];
  roomsLoaded = false;
  /** @type {Conversation} */
  conversation = { kind: 'none' };
  /** @type {Connection} */
  connection = { state: 'idle', retryAt: 0 };
  /** Messages that go unless it is undone, and until when. @type {Map<string, number>} */
  leaving = new Map();
  /** @type {Map<string, Timeline>} */
  #timelines = new Map();
  /** @type {Map<string, Notice[]>} */
  #notices = new Map();

  get me() {
    return this.user?._id ?? '';
  }

  /** The open room. @returns {Room | null} */
  get room() {
    return this.conversation.kind === 'open' ? this.conversation.room : null;
  }

  /** @param {string} roomId */
  timeline(roomId) {
    const timeline = this.#timelines.get(roomId) ?? new Timeline();
    this.#timelines.set(roomId, timeline);
    return timeline;
  }

  /** @param {string} roomId */
  notices(roomId) {
    return this.#notices.get(roomId) ?? [];
  }

  /** @param {Phase} phase @param {User | null} user */
  setPhase(phase, user, because = '') {
    this.user = user;
    this.signedOutBecause = because;
    this.phase = phase;
    this.emit('phase', phase);
  }

  /** @param {Server} server */
  setServer(server) {
    this.server = server;
    this.emit('server', server);
  }

  /** @param {Route} route */
  setRoute(route) {
    this.route = route;
    this.emit('route', route);
  }

  /** @param {readonly Room[]} rooms */
  setRooms(rooms) {
    this.rooms = sortRooms(rooms);
    this.roomsLoaded = true;
    const open = this.room;
    const fresh = open && this.rooms.find((room) => room._id === open._id);
    if (fresh) this.setConversation({ kind: 'open', room: fresh });
    this.emit('rooms', this.rooms);
  }

  /** @param {Room} room */
  putRoom(room) {
    this.setRooms(withRoom(this.rooms, room));
  }

  /** @param {string} id */
  dropRoom(id) {
    this.#timelines.delete(id);
    this.#notices.delete(id);
    this.setRooms(withoutRoom(this.rooms, id));
  }

  /** @param {Conversation} conversation */
  setConversation(conversation) {
    this.conversation = conversation;
    this.emit('conversation', conversation);
  }

  /** @param {Connection} connection */
  setConnection(connection) {
    this.connection = connection;
    this.emit('connection', connection);
  }

  /** @param {string} roomId @param {Notice} notice */
  addNotice(roomId, notice) {
    this.#notices.set(roomId, addNotice(this.notices(roomId), notice));
    this.emit('timeline', roomId);
  }

  /** Forgets everything that belongs to a person. */
  clear() {
    this.rooms = [];
    this.roomsLoaded = false;
    this.leaving.clear();
    this.#timelines.clear();
    this.#notices.clear();
    this.setConversation({ kind: 'none' });
    this.setConnection({ state: 'idle', retryAt: 0 });
  }
}
