// @ts-check
// Turns what people write into a tree of plain tokens. Raw HTML is text; nothing here or later makes HTML from a string.
// The parser is larger than the rest of the app, and so it is loaded only once somebody is signed in.

/**
 * @typedef {{ type: string, raw: string, text?: string, href?: string, lang?: string, ordered?: boolean,
 *   start?: number | '', tokens?: Token[], items?: Token[] }} Token
 */

/** Longer texts are shown as they are: the time to read them grows faster than they do. */
const LONGEST = 6_000;

/** What surprises in a chat and so is left as it was typed: titles, tables, rules, indented code, references and HTML. */
const LEFT_OUT = ['heading', 'lheading', 'hr', 'html', 'tag', 'def', 'reflink', 'table', 'code'];

/** Reads a text; until the parser is here every text is one plain paragraph. @type {(text: string) => Token[]} */
let read = (text) => plain(text);

/** Loads the parser. Without it, texts are shown as they were typed. */
export async function loadParser() {
  try {
    const { Lexer, Tokenizer } = await import('../vendor/marked.js');
    const tokenizer = Object.assign(new Tokenizer(), Object.fromEntries(LEFT_OUT.map((name) => [name, () => undefined])));
    read = (text) => new Lexer({ gfm: true, breaks: true, tokenizer }).lex(text);
  } catch {
    // The network is away: the next sign-in tries again.
  }
}

/** @param {string} text @returns {Token[]} */
const plain = (text) => [{ type: 'paragraph', raw: text, tokens: [{ type: 'text', raw: text, text }] }];

/** @param {string} text @returns {Token[]} */
export function tokensOf(text) {
  if (text.length > LONGEST) return plain(text);
  try {
    return read(text);
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
