// @ts-check
// Signing in, up and out, and coming back to a session.
import { forgetPerson, recall, remember } from '../lib/preferences.js';
import { t } from '../lib/i18n.js';
import { NetworkFailure, Problem } from '../net/api.js';
import { backoff } from '../net/backoff.js';
import { open } from '../net/endpoints.js';
import { attempt, refusal } from './outcome.js';

/**
 * @typedef {{
 *   store: import('../model/store.js').Store,
 *   session: import('../net/session.js').Session,
 *   api: import('../net/endpoints.js').Endpoints,
 *   outbox: import('../model/outbox.js').Outbox,
 *   gateway: import('../net/gateway.js').Gateway,
 *   settle: () => Promise<void>,
 * }} Parts `settle` finishes what waits only for an undo
 */

/** Says that there may be a session to come back to. The session itself is a cookie that scripts can't see. */
const HINT = 'signed-in';

export class Account {
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    parts.session.on('ended', (code) => void this.#end(reasonOf(code), false));
    parts.session.on('elsewhere', (what) => {
      if (what === 'signed-out') void this.#end(t('signed_out.elsewhere'), false);
      else location.reload();
    });
    parts.gateway.on('stopped', (code) => void this.#end(CLOSED[code]?.() ?? t('signed_out.ended'), true));
  }

  /** Finds out who we are. Goes on trying for as long as the server doesn't answer. */
  async start() {
    const { store } = this.#parts;
    for (let attempts = 0; ; attempts += 1) {
      try {
        const server = await open.server();
        store.setServer({ ...server, demo: server.demo ?? [], needsSetup: server.needs_setup });
        return await this.#resume();
      } catch (error) {
        if (!(error instanceof NetworkFailure || (error instanceof Problem && error.isTransient))) throw error;
        store.emit('toast', t('start.unreachable'));
        await new Promise((resolve) => setTimeout(resolve, backoff(attempts)));
      }
    }
  }

  async #resume() {
    const { store, session } = this.#parts;
    if (recall(HINT) === null || store.route.name === 'setup') return store.setPhase('signed-out', null);
    try {
      await this.#enter(await session.refresh());
    } catch (error) {
      if (!(error instanceof Problem) || error.isTransient) throw error;
      await this.#end(error.status === 401 ? t('signed_out.ended') : refusal(error).message, false);
    }
  }

  /** @param {string} username @param {string} password */
  signIn(username, password) {
    return attempt(async () => this.#enter(await open.signIn(username, password)));
  }

  /** Makes an account and signs in with it. @param {{ username: string, password: string, email?: string }} account */
  signUp(account) {
    return attempt(async () => {
      await open.signUp(account);
      await this.#enter(await open.signIn(account.username, account.password));
    });
  }

  /** Makes the first administrator. @param {{ token: string, username: string, password: string }} account */
  setUp(account) {
    return attempt(async () => {
      const opened = await open.setUp(account);
      this.#parts.store.setServer({ ...this.#parts.store.server, needsSetup: false });
      await this.#enter(opened);
    });
  }

  /** Ends the session here and on the server, and forgets everything on this device. */
  signOut() {
    const { api, settle } = this.#parts;
    return attempt(async () => {
      await settle();
      try {
        await api.signOut();
      } catch (error) {
        // Without an answer the session would live on in the cookie, and look ended.
        if (!(error instanceof Problem && error.status === 401)) throw error;
      }
      await this.#end('', true);
    });
  }

  /** @param {import('../net/session.js').Opened} opened */
  async #enter(opened) {
    const { store, session } = this.#parts;
    session.adopt(opened);
    remember(HINT, 'yes');
    store.setPhase('signed-in', opened.user);
  }

  /** @param {string} because @param {boolean} tell */
  async #end(because, tell) {
    const { store, session, gateway, outbox } = this.#parts;
    gateway.close();
    session.clear(tell);
    forgetPerson();
    store.clear();
    store.setPhase('signed-out', null, because);
    await outbox.clear();
  }
}

/** @param {string} code of the problem that ended the session */
function reasonOf(code) {
  return code === 'forbidden' ? t('signed_out.disabled') : t('signed_out.ended');
}

/** Why the socket was closed for good. @type {Record<number, () => string>} */
const CLOSED = {
  4004: () => t('signed_out.ended'),
  4010: () => t('signed_out.revoked'),
  4011: () => t('signed_out.disabled'),
  4012: () => t('signed_out.outdated'),
  4013: () => t('signed_out.outdated'),
};
