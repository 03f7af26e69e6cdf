// @ts-check
// How long to wait before trying again.

export const FIRST_MS = 500;
export const LONGEST_MS = 30_000;

/**
 * Full jitter: anything between the shortest wait and a ceiling that doubles with each attempt, so that a thousand
 * clients of a restarted server don't all come back at once.
 * @param {number} attempt 0 for the first
 * @param {() => number} [random] in [0, 1)
 * @returns {number} milliseconds in [FIRST_MS, LONGEST_MS]
 */
export function backoff(attempt, random = Math.random) {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt + 1, 16));
  return Math.round(FIRST_MS + random() * (ceiling - FIRST_MS));
}
