// @ts-check
// The dialog that makes a room.
import { find, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { dialog } from './dialog.js';
import { showFaults, whileBusy } from './form.js';

export class CreateRoom {
  #rooms;
  #dialog = dialog('dialog-create');
  #form = find(this.#dialog, 'form', HTMLFormElement);

  /** @param {import('../command/room-list.js').RoomList} rooms */
  constructor(rooms) {
    this.#rooms = rooms;
    const submit = part(this.#form, '[data-submit]');
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void whileBusy(submit, () => this.#send());
    });
    for (const button of document.querySelectorAll('[data-create-room], [data-placeholder-create]')) {
      button.addEventListener('click', () => this.#open());
    }
  }

  #open() {
    this.#form.reset();
    showFaults(this.#form, []);
    this.#dialog.showModal();
    part(this.#form, '#room-name').focus();
  }

  async #send() {
    const fields = new FormData(this.#form);
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? '').trim();
    const name = text('name').replace(/^#/, '').replace(/\s+/g, '-').toLowerCase();
    if (!name) return showFaults(this.#form, [{ field: 'name', detail: t('create.name_missing') }]);
    const made = await this.#rooms.create({ name, kind: text('kind'), ...(text('topic') ? { topic: text('topic') } : {}) });
    if (made.ok) this.#dialog.close();
    else if (made.code === 'room_exists') showFaults(this.#form, [{ field: 'name', detail: made.message }]);
    else showFaults(this.#form, made.faults, made.message);
  }
}
