// @ts-check
// The list of keys, made from their table.
import { make, part } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { BINDINGS, SCOPES, caps } from '../model/keys.js';
import { dialog } from './dialog.js';

const TITLES = { everywhere: 'keys.scope_everywhere', writing: 'keys.scope_writing', messages: 'keys.scope_messages' };

export class KeysDialog {
  #dialog = dialog('dialog-keys');

  /** @param {boolean} mac */
  constructor(mac) {
    part(this.#dialog, '[data-keys]').replaceChildren(...SCOPES.map((scope) => section(scope, mac)));
    part(document, '[data-switch-key]').textContent = caps('Mod+K', mac).join(' ');
  }

  open = () => {
    if (!this.#dialog.open) this.#dialog.showModal();
  };
}

/** @param {import('../model/keys.js').Scope} scope @param {boolean} mac */
function section(scope, mac) {
  const section = make('section');
  const rows = make('dl');
  for (const binding of BINDINGS.filter((candidate) => candidate.scope === scope)) {
    const keys = make('dd');
    keys.append(...caps(binding.keys[0] ?? '', mac).map((cap) => make('kbd', { text: cap })));
    const row = make('div');
    row.append(make('dt', { text: t(binding.label) }), keys);
    rows.append(row);
  }
  section.append(make('h3', { text: t(TITLES[scope]) }), rows);
  return section;
}
