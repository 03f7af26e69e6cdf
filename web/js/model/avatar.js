// @ts-check
// The stand-in picture of somebody: initials on one of a few gradients, always the same for the same person.

export const PALETTE = 10;

/** Picks a gradient. @param {string} name @returns {number} 0 to PALETTE - 1 */
export function paletteOf(name) {
  let hash = 2166136261;
  for (const character of name.toLowerCase()) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) % PALETTE;
}

/** One or two letters. @param {string} name */
export function initialsOf(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [...(words[0] ?? '?')].slice(0, 1);
  return letters.join('').toUpperCase();
}
