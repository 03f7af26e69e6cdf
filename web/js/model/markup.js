// @ts-check
// Turns what people write into a tree of plain tokens. Raw HTML is text; nothing here or later makes HTML from a string.
import { Lexer, Tokenizer } from '../vendor/marked.js';

/**
 * @typedef {{ type: string, raw: string, text?: string, href?: string, lang?: string, ordered?: boolean,
 *   start?: number | '', tokens?: Token[], items?: Token[] }} Token
 */

/** Longer texts are shown as they are: the time to read them grows faster than they do. */
const LONGEST = 6_000;

/** What surprises in a chat and so is left as it was typed: titles, tables, rules, indented code, references and HTML. */
const LEFT_OUT = ['heading', 'lheading', 'hr', 'html', 'tag', 'def', 'reflink', 'table', 'code'];
const tokenizer = Object.assign(new Tokenizer(), Object.fromEntries(LEFT_OUT.map((name) => [name, () => undefined])));

/** @param {string} text @returns {Token[]} */
const plain = (text) => [{ type: 'paragraph', raw: text, tokens: [{ type: 'text', raw: text, text }] }];

/** @param {string} text @returns {Token[]} */
export function tokensOf(text) {
  if (text.length > LONGEST) return plain(text);
  try {
    return new Lexer({ gfm: true, breaks: true, tokenizer }).lex(text);
  } catch {
    // Nested deeper than the parser can follow.
    return plain(text);
  }
}

const SAFE = new Set(['http:', 'https:', 'mailto:']);

/** Gives the address of a link that may be followed; null for every other. @param {string} href */
export function safeHref(href) {
  try {
    const url = new URL(href);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
