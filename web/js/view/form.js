// @ts-check
// Shows faults beside the fields they belong to.

/** @typedef {import('../command/outcome.js').Fault} Fault */

/**
 * Shows these faults and no others; moves the focus to the first faulty field. What belongs to no field, and `rest` where
 * nothing belongs to one, is shown for the whole.
 * @param {HTMLElement} root @param {Fault[]} faults @param {string} [rest]
 */
export function showFaults(root, faults, rest = '') {
  const places = [...root.querySelectorAll('[data-fault]')].filter((place) => place instanceof HTMLElement);
  const known = new Set(places.map((place) => place.dataset.fault));
  const homeless = faults.filter(({ field }) => !known.has(field) || field === '').map(({ detail }) => detail);
  const whole = homeless.length > 0 || faults.length === 0 ? (homeless.join(' ') || rest) : '';
  /** @type {HTMLInputElement | null} */
  let first = null;
  for (const place of places) {
    const field = place.dataset.fault ?? '';
    const details = faults.filter((fault) => fault.field === field && field !== '').map(({ detail }) => detail);
    place.textContent = field === '' ? whole : details.join(' ');
    const input = field === '' ? null : root.querySelector(`[name="${CSS.escape(field)}"]`);
    if (!(input instanceof HTMLInputElement)) continue;
    if (details.length > 0) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
    if (details.length > 0) first ??= input;
  }
  first?.focus();
}

/**
 * Keeps a form from being sent twice, and says that it is on its way.
 * @param {HTMLElement} button @param {() => Promise<void>} action
 */
export async function whileBusy(button, action) {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  try {
    await action();
  } finally {
    button.removeAttribute('aria-busy');
  }
}
