// @ts-check
// The access token: in memory only, renewed by the cookie that scripts can't read. Tabs share that cookie, and it changes
// with each use, so only one of them renews at a time.
import { Emitter } from '../lib/emitter.js';
import { NetworkFailure, Problem, request } from './api.js';

/**
 * @typedef {import('./types.js').User} User
 * @typedef {{ access_token: string, expires_in: number, user: User }} Opened
 */

/** Renewed this long before it ends, so that nothing is sent with a token that ends on the way. */
const MARGIN_MS = 30_000;

/** @extends {Emitter<{ ended: string, elsewhere: 'signed-out' | 'other-user' }>} */
export class Session extends Emitter {
  #token = '';
  #expiresAt = 0;
  /** @type {Promise<Opened> | null} */
  #refreshing = null;
  #channel = new BroadcastChannel('chinwag-session');
  /** @type {User | null} */
  user = null;

  constructor() {
    super();
    this.#channel.onmessage = (event) => {
      if (event.data === 'signed-out' && this.user) this.emit('elsewhere', 'signed-out');
    };
  }

  /** Stops listening to the other tabs. */
  dispose() {
    this.#channel.close();
  }

  /** @param {Opened} opened */
  adopt(opened) {
    if (this.user && this.user._id !== opened.user._id) this.emit('elsewhere', 'other-user');
    this.#token = opened.access_token;
    this.#expiresAt = Date.now() + opened.expires_in * 1000;
    this.user = opened.user;
  }

  /** Forgets the token; `tell` tells the other tabs, which share the session. @param {boolean} tell */
  clear(tell) {
    this.#token = '';
    this.#expiresAt = 0;
    this.user = null;
    if (tell) this.#channel.postMessage('signed-out');
  }

  /**
   * Gives a token that is still good. Where the session is over it says so by `ended`, and throws.
   * @param {boolean} fresh asks for a new one
   */
  token = async (fresh) => {
    if (!fresh && this.#token && Date.now() < this.#expiresAt - MARGIN_MS) return this.#token;
    try {
      return (await this.refresh()).access_token;
    } catch (error) {
      // A slow or stopped server is no reason to give up a token that hasn't ended yet.
      if (!fresh && error instanceof NetworkFailure && Date.now() < this.#expiresAt) return this.#token;
      if (error instanceof Problem && error.status === 401) this.emit('ended', error.code);
      throw error;
    }
  };

  /** Renews the token. Calls at the same time share one request. @returns {Promise<Opened>} */
  refresh() {
    this.#refreshing ??= this.#refreshAlone().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** @returns {Promise<Opened>} */
  async #refreshAlone() {
    const ask = () => request('POST', '/api/v1/sessions/refresh');
    // Only secure contexts have locks; elsewhere the server's own care for reused tokens has to do.
    const opened = await (globalThis.navigator?.locks ? navigator.locks.request('chinwag-refresh', ask) : ask());
    this.adopt(opened);
    return opened;
  }

  /**
   * Sends a request as the signed-in user; renews the token once if the server doesn't take it.
   * @param {string} method @param {string} path
   * @param {{ body?: unknown, keepalive?: boolean }} [options]
   */
  call = async (method, path, options = {}) => {
    try {
      return await request(method, path, { ...options, token: await this.token(false) });
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      return request(method, path, { ...options, token: await this.token(true) });
    }
  };
}
