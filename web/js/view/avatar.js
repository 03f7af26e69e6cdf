// @ts-check
// Shows somebody's initials.
import { initialsOf, paletteOf } from '../model/avatar.js';

/** @param {HTMLElement} element @param {{ name: string, own?: boolean }} person */
export function showAvatar(element, { name, own = false }) {
  element.textContent = initialsOf(name);
  element.dataset.palette = own ? 'own' : String(paletteOf(name));
}
