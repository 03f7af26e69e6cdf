// @ts-check
// A message's text as DOM nodes.
import { make } from '../lib/dom.js';
import { isEmojiOnly } from '../model/emoji.js';
import { safeHref, tokensOf } from '../model/markup.js';
import { t } from '../lib/i18n.js';

/** @typedef {import('../model/markup.js').Token} Token */

/** Quotes and lists deeper than this are shown as they were typed. */
const DEEPEST = 6;

/** @type {Record<string, keyof HTMLElementTagNameMap>} */
const ELEMENTS = { paragraph: 'p', strong: 'strong', em: 'em', del: 'del', blockquote: 'blockquote', list_item: 'li' };

/** Shows a text in an element. @param {HTMLElement} element @param {string} text */
export function showText(element, text) {
  const large = isEmojiOnly(text);
  element.classList.toggle('large-emoji', large);
  if (large) element.replaceChildren(text);
  else element.replaceChildren(...nodes(tokensOf(text), 0));
}

/** @param {Token[]} tokens @param {number} depth @returns {(Node | string)[]} */
const nodes = (tokens, depth) => tokens.flatMap((token) => node(token, depth));

/** @param {Token} token @param {number} depth @returns {(Node | string)[]} */
function node(token, depth) {
  if (depth > DEEPEST) return [token.raw];
  switch (token.type) {
    case 'space':
      return [];
    case 'br':
      return [make('br')];
    case 'codespan':
      return [make('code', { text: token.text ?? '' })];
    case 'code':
      return [codeBlock(token)];
    case 'link':
    case 'image':
      return [link(token, depth)];
    case 'list':
      return [listOf(token, depth)];
    case 'text':
    case 'escape':
      return token.tokens ? nodes(token.tokens, depth) : [token.text ?? token.raw];
    default: {
      const name = ELEMENTS[token.type];
      if (!name) return [token.raw];
      const element = make(name);
      element.append(...nodes(token.tokens ?? [], depth + 1));
      return [element];
    }
  }
}

/** @param {Token} token */
function codeBlock(token) {
  const block = make('pre');
  // It may have to be scrolled, and so reached, with the keyboard.
  block.tabIndex = 0;
  // A group, as two landmarks of one page may not have the same name.
  block.setAttribute('role', 'group');
  block.setAttribute('aria-label', t('message.code_block'));
  block.append(make('code', { text: token.text ?? '' }));
  return block;
}

/** @param {Token} token @param {number} depth */
function listOf(token, depth) {
  const element = make(token.ordered ? 'ol' : 'ul');
  if (element instanceof HTMLOListElement && typeof token.start === 'number') element.start = token.start;
  element.append(...nodes(token.items ?? [], depth + 1));
  return element;
}

/** Pictures from elsewhere aren't loaded: they are links. @param {Token} token @param {number} depth */
function link(token, depth) {
  const href = safeHref(token.href ?? '');
  if (href === null) return token.raw;
  const anchor = make('a');
  anchor.href = href;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer';
  // What is written may say something else than where it leads.
  anchor.title = href;
  const label = nodes(token.tokens ?? [], depth + 1);
  anchor.append(...(token.text ? label : [href]));
  return anchor;
}
