// @ts-check
// The dialog about oneself and this device: appearance, keys, sign out.
import { part } from '../lib/dom.js';
import { language, t } from '../lib/i18n.js';
import { currentTheme, setTheme } from '../lib/theme.js';
import { showAvatar } from './avatar.js';
import { dialog } from './dialog.js';
import { showFaults, whileBusy } from './form.js';

export class Settings {
  #store;
  #account;
  #dialog = dialog('dialog-settings');

  /**
   * @param {import('../model/store.js').Store} store
   * @param {import('../command/account.js').Account} account
   * @param {() => void} showKeys
   */
  constructor(store, account, showKeys) {
    this.#store = store;
    this.#account = account;
    part(document, '[data-settings]').addEventListener('click', () => this.#open());
    for (const choice of this.#themes()) choice.addEventListener('change', () => setTheme(choice.value));
    part(this.#dialog, '[data-show-keys]').addEventListener('click', () => {
      this.#dialog.close();
      showKeys();
    });
    const signOut = part(this.#dialog, '[data-sign-out]');
    signOut.addEventListener('click', () => void whileBusy(signOut, () => this.#signOut()));
  }

  #themes() {
    const inputs = [...this.#dialog.querySelectorAll('[name="theme"]')];
    return inputs.filter((input) => input instanceof HTMLInputElement);
  }

  #open() {
    const { user, server } = this.#store;
    if (!user) return;
    showAvatar(part(this.#dialog, '.avatar'), { name: user.username, own: true });
    part(this.#dialog, '[data-profile-name]').textContent = user.username;
    const date = new Intl.DateTimeFormat(language(), { dateStyle: 'long' }).format(new Date(user.created_at));
    part(this.#dialog, '[data-profile-since]').textContent = t('settings.since', { date });
    part(this.#dialog, '[data-version]').textContent = t('settings.version', { version: server.version });
    for (const choice of this.#themes()) choice.checked = choice.value === currentTheme();
    showFaults(this.#dialog, []);
    this.#dialog.showModal();
  }

  async #signOut() {
    const ended = await this.#account.signOut();
    if (!ended.ok) showFaults(this.#dialog, [], ended.message);
  }
}
