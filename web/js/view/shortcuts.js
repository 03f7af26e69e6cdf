// @ts-check
// Listens for the keys that work everywhere.
import { actionOf } from '../model/keys.js';
import { isDialogOpen } from './dialog.js';

/** Whether the keyboard has a ⌘ key. */
export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/**
 * Calls the handler of each key press. While a dialog is open its own keys come first.
 * @param {import('../model/store.js').Store} store
 * @param {Record<string, () => void>} handlers by the action's name
 */
export function listenForKeys(store, handlers) {
  document.addEventListener('keydown', (event) => {
    if (store.phase !== 'signed-in' || event.defaultPrevented || isDialogOpen()) return;
    const action = actionOf(event, 'everywhere', isMac);
    const handler = action === null ? undefined : handlers[action];
    if (!handler) return;
    event.preventDefault();
    handler();
  });
}
