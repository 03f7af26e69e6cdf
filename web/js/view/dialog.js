// @ts-check
// Opens and closes dialogs. The browser keeps the focus in them and gives it back afterwards.
import { find } from '../lib/dom.js';

/**
 * Gives the dialog of that id, with its closing buttons and its backdrop made to work.
 * @param {string} id
 */
export function dialog(id) {
  const element = find(document, `#${id}`, HTMLDialogElement);
  for (const button of element.querySelectorAll('[data-close]')) button.addEventListener('click', () => element.close());
  // The box of a dialog is filled by its content, so only the backdrop is the dialog itself.
  element.addEventListener('mousedown', (event) => {
    if (event.target === element && !inside(element, event)) element.close();
  });
  return element;
}

/** @param {HTMLElement} element @param {MouseEvent} event */
function inside(element, event) {
  const box = element.getBoundingClientRect();
  const across = event.clientX >= box.left && event.clientX <= box.right;
  return across && event.clientY >= box.top && event.clientY <= box.bottom;
}

/** Whether any dialog is open. */
export const isDialogOpen = () => document.querySelector('dialog[open]') !== null;

/** Closes every dialog. */
export function closeDialogs() {
  for (const open of document.querySelectorAll('dialog[open]')) if (open instanceof HTMLDialogElement) open.close();
}
