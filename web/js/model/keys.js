// @ts-check
// Every key there is. Handlers, the dialog of keys and its test all read this one table. `Mod` is Ctrl, on a Mac ⌘.

/**
 * @typedef {'everywhere' | 'writing' | 'messages'} Scope
 * @typedef {{ action: string, keys: string[], scope: Scope, label: string }} Binding
 *   `label`: key of the catalogue
 */

/** @type {readonly Binding[]} */
export const BINDINGS = [
  { action: 'switch', keys: ['Mod+K'], scope: 'everywhere', label: 'keys.switch' },
  { action: 'next-room', keys: ['Alt+ArrowDown'], scope: 'everywhere', label: 'keys.next_room' },
  { action: 'previous-room', keys: ['Alt+ArrowUp'], scope: 'everywhere', label: 'keys.previous_room' },
  { action: 'to-end', keys: ['Escape'], scope: 'everywhere', label: 'keys.to_end' },
  { action: 'next-landmark', keys: ['F6'], scope: 'everywhere', label: 'keys.next_landmark' },
  { action: 'previous-landmark', keys: ['Shift+F6'], scope: 'everywhere', label: 'keys.previous_landmark' },
  { action: 'keys', keys: ['Mod+/'], scope: 'everywhere', label: 'keys.keys' },
  { action: 'send', keys: ['Enter'], scope: 'writing', label: 'keys.send' },
  { action: 'newline', keys: ['Shift+Enter'], scope: 'writing', label: 'keys.newline' },
  { action: 'bold', keys: ['Mod+B'], scope: 'writing', label: 'keys.bold' },
  { action: 'italic', keys: ['Mod+I'], scope: 'writing', label: 'keys.italic' },
  { action: 'code', keys: ['Mod+E'], scope: 'writing', label: 'keys.code' },
  { action: 'to-messages', keys: ['ArrowUp'], scope: 'writing', label: 'keys.to_messages' },
  { action: 'previous-row', keys: ['ArrowUp'], scope: 'messages', label: 'keys.previous_row' },
  { action: 'next-row', keys: ['ArrowDown'], scope: 'messages', label: 'keys.next_row' },
  { action: 'first-row', keys: ['Home'], scope: 'messages', label: 'keys.first_row' },
  { action: 'last-row', keys: ['End'], scope: 'messages', label: 'keys.last_row' },
  { action: 'enter-actions', keys: ['Enter'], scope: 'messages', label: 'keys.enter_actions' },
  { action: 'delete', keys: ['Delete'], scope: 'messages', label: 'keys.delete' },
];

export const SCOPES = /** @type {const} */ (['everywhere', 'writing', 'messages']);

/**
 * @typedef {{ key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean, isComposing?: boolean }} KeyPress
 */

/** Writes a key press as the table does. @param {KeyPress} press @param {boolean} mac */
export function chordOf(press, mac) {
  const mod = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  const key = press.key.length === 1 ? press.key.toUpperCase() : press.key;
  // A character that needs Shift to be typed says so by itself.
  const shift = press.shiftKey && (press.key.length > 1 || /[A-Z]/.test(key));
  const parts = [mod && 'Mod', other && (mac ? 'Control' : 'Meta'), press.altKey && 'Alt', shift && 'Shift', key];
  return parts.filter(Boolean).join('+');
}

/**
 * Finds the action of a key press.
 * @param {KeyPress} press @param {Scope} scope @param {boolean} mac
 * @returns {string | null}
 */
export function actionOf(press, scope, mac) {
  // Keys that choose among the candidates of an input method aren't ours.
  if (press.isComposing) return null;
  const chord = chordOf(press, mac);
  return BINDINGS.find((binding) => binding.scope === scope && binding.keys.includes(chord))?.action ?? null;
}

const ARROWS = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };

/** Gives the caps of a chord as they are written on keyboards. @param {string} chord @param {boolean} mac */
export function caps(chord, mac) {
  /** @type {Record<string, string>} */
  const names = { ...ARROWS, Mod: mac ? '⌘' : 'Ctrl', Alt: mac ? '⌥' : 'Alt' };
  return chord.split('+').map((key) => names[key] ?? key);
}
