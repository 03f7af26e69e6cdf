// @ts-check
// Makers of what tests need, and ways to read the app's own sources.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder web/. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @param {number} seq
 * @param {Partial<import('../js/net/types.js').Message>} [more]
 * @returns {import('../js/net/types.js').Message}
 */
export function message(seq, more = {}) {
  const at = new Date(Date.UTC(2026, 0, 2, 10, 0, seq)).toISOString();
  return { _id: `m${seq}`, room: 'general', room_id: 'r1', seq, rev: seq, user_id: 'u1', username: 'ann', content: `text ${seq}`, created_at: at, ...more };
}

/** @param {number} from @param {number} to both are in it */
export const messages = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => message(from + index));

/** A page of a room whose newest message is `head`. @param {number} from @param {number} to @param {number} head */
export const page = (from, to, head) => ({
  items: messages(from, to),
  head_seq: head,
  head_rev: head,
  has_before: from > 1,
  has_after: to < head,
});

/** Every file of a folder of web/, with its text. @param {string} folder @param {string} ending */
export function sources(folder, ending) {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
  return files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path: relative(ROOT, path), text: readFileSync(path, 'utf8') };
  });
}
