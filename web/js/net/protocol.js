// @ts-check
// What the socket says, and what its closing means. The only module besides gateway.js that knows the socket's frames.

/**
 * @typedef {import('./types.js').Message} Message
 * @typedef {{ type: 'message', message: Message }
 *   | { type: 'deleted', id: string, room: string }
 *   | { type: 'joined' | 'left', userId: string, username: string, room: string, at: string }
 *   | { type: 'error', code: string, message: string }} Frame
 * @typedef {'reconnect' | 'refresh' | 'stop'} CloseAction
 */

/** @param {unknown} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {Record<string, any>} frame @param {string[]} keys */
const hasTexts = (frame, keys) => keys.every((key) => typeof frame[key] === 'string');

/** @param {Record<string, any>} frame @returns {Message | null} */
function messageOf(frame) {
  const numbered = Number.isSafeInteger(frame.seq) && Number.isSafeInteger(frame.rev);
  if (!numbered || !hasTexts(frame, ['_id', 'user_id', 'username', 'created_at'])) return null;
  const { type: _, ...message } = frame;
  return /** @type {Message} */ (message);
}

/**
 * Reads a frame. What isn't a frame, or is of a kind that this version doesn't know, gives null.
 * @param {unknown} text
 * @returns {Frame | null}
 */
export function parse(text) {
  if (typeof text !== 'string') return null;
  let frame;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(frame)) return null;
  switch (frame.type) {
    case 'message': {
      const message = messageOf(frame);
      return message && { type: 'message', message };
    }
    case 'message_deleted':
      return hasTexts(frame, ['_id']) ? { type: 'deleted', id: frame._id, room: frame.room } : null;
    case 'user_joined':
    case 'user_left': {
      if (!hasTexts(frame, ['user_id', 'username', 'created_at'])) return null;
      const type = frame.type === 'user_joined' ? 'joined' : 'left';
      return { type, userId: frame.user_id, username: frame.username, room: frame.room, at: frame.created_at };
    }
    case 'error':
      return hasTexts(frame, ['code', 'message']) ? { type: 'error', code: frame.code, message: frame.message } : null;
    default:
      return null;
  }
}

/** @type {Record<number, CloseAction>} */
const CLOSES = { 4001: 'refresh', 4003: 'refresh', 4004: 'stop', 4010: 'stop', 4011: 'stop', 4012: 'stop', 4013: 'stop' };

/**
 * What to do after the socket was closed with a code. Codes of later versions are taken for transient.
 * @param {number} code
 * @returns {CloseAction}
 */
export const closeAction = (code) => CLOSES[code] ?? 'reconnect';
