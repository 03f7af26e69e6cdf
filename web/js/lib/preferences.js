// @ts-check
// What this device remembers between visits. Where storage is forbidden, nothing is remembered and nothing breaks.

const PREFIX = 'chinwag.';
/** Kept over a sign-out: it says nothing about the person. */
const KEPT = ['theme'];

/** @param {string} name @returns {string | null} */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string | null} value null forgets it */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Nothing to do: the app works without.
  }
}

/** Forgets everything that belongs to a person. */
export function forgetPerson() {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    for (const name of names) if (!KEPT.includes(name.slice(PREFIX.length))) localStorage.removeItem(name);
  } catch {
    // As above.
  }
}
