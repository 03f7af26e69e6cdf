// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadParser, safeHref, tokensOf } from '../js/model/markup.js';

test('until the parser is here a text is one plain paragraph', async () => {
  assert.deepEqual([...kinds(tokensOf('**b**'))], ['paragraph', 'text']);
  await loadParser();
  assert.ok(kinds(tokensOf('**b**')).has('strong'));
});

/** Every kind of token in a text. @param {import('../js/model/markup.js').Token[]} tokens @returns {Set<string>} */
const kinds = (tokens) => new Set(tokens.flatMap((token) => [token.type, ...kinds([...(token.tokens ?? []), ...(token.items ?? [])])]));

test('what people use in a chat is understood', () => {
  const found = kinds(tokensOf('**b** _i_ ~~s~~ `c` https://example.org\n\n```\nx\n```\n> q\n\n- l'));
  for (const kind of ['strong', 'em', 'del', 'codespan', 'link', 'code', 'blockquote', 'list', 'list_item']) assert.ok(found.has(kind), kind);
});

test('HTML, titles, tables, rules and references are text', () => {
  for (const text of ['<b onclick=x>y</b>', '<script>x</script>', '# title', 'a\n===', '---', 'a|b\n-|-\n1|2', '[a]: http://x', '    indented']) {
    const found = kinds(tokensOf(text));
    for (const kind of ['html', 'heading', 'table', 'hr', 'def', 'code', 'tag']) assert.ok(!found.has(kind), `${kind} in ${text}`);
  }
});

test('only web and mail addresses can be followed', () => {
  for (const href of ['http://a.b/', 'https://a.b/?c#d', 'mailto:a@b.c', 'HTTPS://A.B/']) assert.notEqual(safeHref(href), null, href);
  for (const href of ['javascript:alert(1)', ' java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc', '//a.b', '/a', '', 'blob:x']) {
    assert.equal(safeHref(href), null, href);
  }
});

test('nothing that can be typed takes long or throws', () => {
  const parts = ['>', '[', '*a ', '_a', '- ', '`', 'a([', '**a*', '\n- a', 'http://a', 'a@', '~~a', '\\[', '[a](<', ' ', '*', '![', '\n\n> ', '```\n', '|'];
  for (const part of parts) {
    for (const length of [4_000, 16_000]) {
      const begun = performance.now();
      const tokens = tokensOf(part.repeat(Math.ceil(length / part.length)).slice(0, length));
      assert.ok(tokens.length > 0 || part.trim() === '');
      assert.ok(performance.now() - begun < 1_000, `${JSON.stringify(part)} took too long`);
    }
  }
});
