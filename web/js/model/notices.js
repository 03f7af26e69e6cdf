// @ts-check
// Who came and went while one looked, one quiet line for all that happened between two messages.

/**
 * @typedef {{ userId: string, username: string, came: boolean, afterSeq: number }} Notice
 * @typedef {{ afterSeq: number, joined: string[], left: string[], visited: string[] }} NoticeLine
 *   `visited`: came and left again
 */

const KEPT = 60;

/**
 * Adds a notice; only the latest are kept.
 * @param {Notice[]} notices @param {Notice} notice
 */
export const addNotice = (notices, notice) => [...notices, notice].slice(-KEPT);

/**
 * Draws notices together. Who left and came back hasn't gone anywhere.
 * @param {Notice[]} notices
 * @returns {NoticeLine[]} ascending by `afterSeq`
 */
export function coalesce(notices) {
  /** @type {Map<number, Map<string, Notice[]>>} */
  const lines = new Map();
  for (const notice of notices) {
    const line = lines.get(notice.afterSeq) ?? new Map();
    lines.set(notice.afterSeq, line);
    line.set(notice.userId, [...(line.get(notice.userId) ?? []), notice]);
  }
  const result = [...lines].sort(([a], [b]) => a - b).map(([afterSeq, people]) => lineOf(afterSeq, people));
  return result.filter((line) => line.joined.length + line.left.length + line.visited.length > 0);
}

/** @param {number} afterSeq @param {Map<string, Notice[]>} people @returns {NoticeLine} */
function lineOf(afterSeq, people) {
  /** @type {NoticeLine} */
  const line = { afterSeq, joined: [], left: [], visited: [] };
  for (const events of people.values()) {
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last) continue;
    if (first.came && last.came) line.joined.push(last.username);
    else if (first.came) line.visited.push(last.username);
    else if (!last.came) line.left.push(last.username);
  }
  return line;
}
