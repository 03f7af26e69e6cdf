// @ts-check
// The page before one is signed in: sign in, sign up, or make the first administrator.
import { clone, find, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { showAvatar } from './avatar.js';
import { showFaults, whileBusy } from './form.js';

/**
 * @typedef {import('../model/store.js').Store} Store
 * @typedef {import('../command/account.js').Account} Account
 * @typedef {'sign_in' | 'sign_up' | 'setup'} Mode
 */

/** What each mode is called, in full so that a test finds the keys. */
const TEXTS = {
  sign_in: { title: 'sign_in.title', lead: 'sign_in.lead', submit: 'sign_in.submit', other: 'sign_in.switch', link: 'sign_in.switch_link' },
  sign_up: { title: 'sign_up.title', lead: 'sign_up.lead', submit: 'sign_up.submit', other: 'sign_up.switch', link: 'sign_up.switch_link' },
  setup: { title: 'setup.title', lead: 'setup.lead', submit: 'setup.submit', other: 'sign_up.switch', link: 'sign_up.switch_link' },
};

export class Welcome {
  #root = part(document, '[data-welcome]');
  #form = find(document, '[data-form]', HTMLFormElement);
  #username = find(this.#form, '#username', HTMLInputElement);
  #email = find(this.#form, '#email', HTMLInputElement);
  #password = find(this.#form, '#password', HTMLInputElement);
  #submit = part(this.#form, '[data-submit]');
  #reveal = part(this.#form, '[data-reveal]');
  #store;
  #account;
  /** @type {Mode} */
  #mode = 'sign_in';

  /** @param {Store} store @param {Account} account */
  constructor(store, account) {
    this.#store = store;
    this.#account = account;
    store.on('phase', (phase) => {
      if (phase === 'signed-out') this.#show(true);
      this.#password.value = '';
      this.#revealPassword(false);
    });
    store.on('route', () => this.#show(false));
    store.on('server', () => this.#showDemo());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void whileBusy(this.#submit, () => this.#send());
    });
    this.#reveal.addEventListener('click', () => this.#revealPassword(this.#password.type === 'password'));
    const link = find(this.#root, '[data-switch-link]', HTMLAnchorElement);
    link.addEventListener('click', () => showFaults(this.#form, []));
  }

  /** @param {boolean} arrived */
  #show(arrived) {
    if (this.#store.phase !== 'signed-out') return;
    const { route, server, signedOutBecause } = this.#store;
    const modes = { 'sign-up': 'sign_up', setup: 'setup' };
    const mode = /** @type {Mode} */ (modes[/** @type {'setup'} */ (route.name)] ?? 'sign_in');
    if (mode !== this.#mode || arrived) showFaults(this.#form, []);
    this.#mode = mode;
    const texts = TEXTS[mode];
    part(this.#root, '[data-title]').textContent = t(texts.title);
    part(this.#root, '[data-lead]').textContent = t(texts.lead);
    this.#submit.textContent = t(texts.submit);
    part(this.#root, '[data-switch-text]').textContent = t(texts.other);
    const link = find(this.#root, '[data-switch-link]', HTMLAnchorElement);
    link.textContent = t(texts.link);
    link.href = mode === 'sign_up' ? '#/sign-in' : '#/sign-up';
    part(this.#root, '[data-switch]').hidden = mode === 'setup';
    part(this.#root, '[data-email]').hidden = mode !== 'sign_up';
    this.#password.autocomplete = mode === 'sign_in' ? 'current-password' : 'new-password';
    const because = signedOutBecause || (server.needsSetup && mode === 'sign_in' ? t('setup.needed') : '');
    const notice = part(this.#root, '[data-because]');
    notice.hidden = because === '';
    notice.textContent = because;
    part(this.#root, '[data-demo]').hidden = server.demo.length === 0 || mode === 'setup';
    if (arrived || document.activeElement === document.body) this.#username.focus({ preventScroll: true });
  }

  #showDemo() {
    const buttons = this.#store.server.demo.map(({ username, password }) => {
      const button = clone('t-demo');
      showAvatar(part(button, '.avatar'), { name: username });
      part(button, '.text').textContent = t('demo.sign_in', { name: username });
      button.addEventListener('click', () => {
        void whileBusy(button, async () => this.#ended(await this.#account.signIn(username, password)));
      });
      return button;
    });
    part(this.#root, '[data-demo-accounts]').replaceChildren(...buttons);
    this.#show(false);
  }

  /** @param {boolean} shown */
  #revealPassword(shown) {
    this.#password.type = shown ? 'text' : 'password';
    this.#reveal.textContent = shown ? t('sign_in.hide') : t('sign_in.show');
    this.#reveal.setAttribute('aria-pressed', String(shown));
  }

  async #send() {
    const username = this.#username.value.trim();
    const password = this.#password.value;
    const missing = [];
    if (!username) missing.push({ field: 'username', detail: t('sign_in.username_missing') });
    if (!password) missing.push({ field: 'password', detail: t('sign_in.password_missing') });
    if (missing.length > 0) return showFaults(this.#form, missing);
    this.#ended(await this.#carryOut(username, password));
  }

  /** @param {string} username @param {string} password */
  #carryOut(username, password) {
    const { route } = this.#store;
    if (route.name === 'setup') return this.#account.setUp({ token: route.token, username, password });
    if (this.#mode === 'sign_in') return this.#account.signIn(username, password);
    const email = this.#email.value.trim();
    return this.#account.signUp({ username, password, ...(email ? { email } : {}) });
  }

  /** @param {Awaited<ReturnType<Account['signIn']>>} outcome */
  #ended(outcome) {
    if (outcome.ok) {
      this.#form.reset();
      return;
    }
    if (outcome.code === 'username_taken') showFaults(this.#form, [{ field: 'username', detail: outcome.message }]);
    else showFaults(this.#form, outcome.faults, outcome.message);
    if (outcome.code === 'bad_credentials') this.#password.select();
  }
}
