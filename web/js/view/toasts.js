// @ts-check
// Short messages about what just happened.
import { clone, part } from '../lib/dom.js';

const SHOWN_MS = 5_000;

export class Toasts {
  /** @param {import('../model/store.js').Store} store */
  constructor(store) {
    const root = part(document, '[data-toasts]');
    store.on('toast', (text) => {
      if (store.phase === 'starting') return;
      const toast = clone('t-toast');
      toast.textContent = text;
      root.replaceChildren(toast);
      setTimeout(() => toast.remove(), SHOWN_MS);
    });
  }
}
