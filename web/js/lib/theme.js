// @ts-check
// Light, dark, or as the system says. The styles do the rest; first-theme.js sets the same before the first paint.
import { recall, remember } from './preferences.js';

export const THEMES = /** @type {const} */ (['system', 'light', 'dark']);

/** @returns {string} */
export const currentTheme = () => recall('theme') ?? 'system';

/** @param {string} theme */
export function setTheme(theme) {
  remember('theme', theme === 'system' ? null : theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
