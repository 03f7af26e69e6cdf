// @ts-check
// Which messages are nothing but a few emoji, and so are shown large.

const MOST = 8;
const EMOJI = /^(?:\p{RGI_Emoji}|\s)+$/v;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** @param {string} text */
export function isEmojiOnly(text) {
  if (text.length > 200 || !EMOJI.test(text)) return false;
  const shown = [...graphemes.segment(text)].filter(({ segment }) => segment.trim() !== '');
  return shown.length > 0 && shown.length <= MOST;
}

/** Counts what people call characters. @param {string} text */
export function countGraphemes(text) {
  let count = 0;
  for (const _ of graphemes.segment(text)) count += 1;
  return count;
}
