// @ts-check
// The live connection to the open room. It keeps itself up: waits longer after each failure, at once when the network or
// the person comes back. Everything it misses meanwhile is fetched by whoever listens for `open`.
import { Emitter } from '../lib/emitter.js';
import { backoff } from './backoff.js';
import { closeAction, parse } from './protocol.js';

/**
 * @typedef {{ state: 'idle' | 'connecting' | 'open' | 'waiting', retryAt: number }} GatewayStatus
 *   `retryAt`: when the next attempt begins, in milliseconds since the epoch; 0 unless waiting
 * @typedef {{
 *   status: GatewayStatus,
 *   open: string,
 *   frame: import('./protocol.js').Frame,
 *   refused: string,
 *   stopped: number,
 * }} GatewayEvents
 *   `open` and `refused` name the room; `refused`: the server didn't let the socket in, or couldn't be reached;
 *   `stopped`: closed for good with that code
 */

/** A connection that lived this long counts as good, and the waits start from the shortest again. */
const GOOD_AFTER_MS = 5_000;

/** @extends {Emitter<GatewayEvents>} */
export class Gateway extends Emitter {
  #token;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {string | null} */
  #room = null;
  #attempt = 0;
  #timer = 0;
  #generation = 0;
  /** @type {GatewayStatus} */
  status = { state: 'idle', retryAt: 0 };

  /** @param {{ token: (fresh: boolean) => Promise<string> }} session gives an access token that is still good; `fresh`
   *  asks for a new one. It throws where there is none to be had. */
  constructor(session) {
    super();
    this.#token = session.token;
    globalThis.addEventListener?.('online', () => this.retryNow());
    globalThis.addEventListener?.('offline', () => this.#suspect());
  }

  /** Connects to a room and leaves the one before. @param {string} room */
  open(room) {
    this.close();
    this.#room = room;
    this.#attempt = 0;
    void this.#connect(false);
  }

  /** Disconnects for good. */
  close() {
    this.#room = null;
    this.#drop();
    this.#set('idle');
  }

  /** Tries at once if it waits. */
  retryNow() {
    if (this.status.state === 'waiting') void this.#connect(false);
  }

  /** Connects anew: for a connection that looks open and has shown itself to be dead. */
  reconnect() {
    if (this.#room !== null && this.status.state === 'open') void this.#connect(false);
  }

  #suspect() {
    if (this.status.state === 'open' || this.status.state === 'connecting') this.#wait();
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#generation += 1;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /** @param {GatewayStatus['state']} state */
  #set(state, retryAt = 0) {
    this.status = { state, retryAt };
    this.emit('status', this.status);
  }

  /** @param {boolean} fresh */
  async #connect(fresh) {
    this.#drop();
    const generation = this.#generation;
    const room = this.#room;
    if (room === null) return;
    this.#set('connecting');
    let token;
    try {
      token = await this.#token(fresh);
    } catch {
      if (generation === this.#generation) this.#wait();
      return;
    }
    if (generation !== this.#generation) return;
    const path = `/chat/ws/${encodeURIComponent(room)}?token=${encodeURIComponent(token)}`;
    const socket = new WebSocket(new URL(path, location.origin.replace(/^http/, 'ws')));
    this.#socket = socket;
    this.#listen(socket, room);
  }

  /** @param {WebSocket} socket @param {string} room */
  #listen(socket, room) {
    let openedAt = 0;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      openedAt = Date.now();
      this.#set('open');
      this.emit('open', room);
    };
    socket.onmessage = (event) => {
      const frame = socket === this.#socket ? parse(event.data) : null;
      if (frame) this.emit('frame', frame);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      if (openedAt !== 0 && Date.now() - openedAt > GOOD_AFTER_MS) this.#attempt = 0;
      this.#closed(event.code, openedAt !== 0, room);
    };
  }

  /** @param {number} code @param {boolean} wasOpen @param {string} room */
  #closed(code, wasOpen, room) {
    const action = closeAction(code);
    if (action === 'stop') {
      this.close();
      this.emit('stopped', code);
    } else if (action === 'refresh' && this.#attempt === 0) {
      this.#attempt += 1;
      void this.#connect(true);
    } else {
      this.#wait();
      if (!wasOpen) this.emit('refused', room);
    }
  }

  #wait() {
    this.#drop();
    const delay = backoff(this.#attempt);
    this.#attempt += 1;
    this.#timer = Number(setTimeout(() => void this.#connect(false), delay));
    this.#set('waiting', Date.now() + delay);
  }
}
