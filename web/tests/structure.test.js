// @ts-check
// Holds the rules of the code: layers, no HTML from strings, no inline code, one catalogue, small files.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ROOT, sources } from './helpers.js';

const code = sources('js', '.js');
const own = code.filter(({ path }) => !path.startsWith('js/vendor/'));
const html = readFileSync(join(ROOT, 'index.html'), 'utf8');
const catalogue = JSON.parse(readFileSync(join(ROOT, 'locales/en.json'), 'utf8'));

/** What each layer may know. Types may come from further down, never from further up. */
const MAY_KNOW = {
  view: { modules: ['view', 'model', 'lib'], types: ['view', 'command', 'model', 'net', 'lib'] },
  command: { modules: ['command', 'model', 'net', 'lib'], types: ['command', 'model', 'net', 'lib'] },
  model: { modules: ['model', 'lib'], types: ['model', 'net', 'lib', 'vendor'] },
  net: { modules: ['net', 'lib'], types: ['net', 'lib'] },
  lib: { modules: ['lib'], types: ['lib'] },
};

/** @param {string} path @param {RegExp} pattern */
function layersNamed(path, text = '', pattern) {
  return [...text.matchAll(pattern)].map(([, to]) => {
    const target = normalize(join(dirname(path), to ?? ''));
    assert.ok(existsSync(join(ROOT, target)), `${path} imports ${to}, which isn't there`);
    return /** @type {string} */ (target.split('/')[1]);
  });
}

test('views know the model, commands know model and net, and nobody looks up', () => {
  for (const { path, text } of own) {
    const layer = path.split('/')[1] ?? '';
    if (layer.endsWith('.js')) continue;
    const rule = MAY_KNOW[/** @type {keyof typeof MAY_KNOW} */ (layer)];
    assert.ok(rule, `${path} is in no known layer`);
    for (const known of layersNamed(path, text, /^import[^'"]*?['"](\.[^'"]+)['"]/gms)) {
      assert.ok(rule.modules.includes(known), `${path} imports from ${known}`);
    }
    for (const known of layersNamed(path, text, /import\('(\.[^']+)'\)/g)) {
      assert.ok(rule.types.includes(known), `${path} takes a type from ${known}`);
    }
  }
});

test('the model knows neither document nor network', () => {
  for (const { path, text } of own.filter((file) => file.path.startsWith('js/model/'))) {
    const statements = text.replace(/\/\*\*.*?\*\/|\/\/.*$/gms, '');
    assert.doesNotMatch(statements, /\b(document|window|fetch|WebSocket|localStorage|indexedDB|location)\b\s*[.(]/, path);
  }
});

test('HTML is never made from a string, and code never from text', () => {
  const forbidden = /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTMLUnsafe|srcdoc|eval\(|new Function)\b/;
  for (const { path, text } of own) assert.doesNotMatch(text, forbidden, path);
});

test('the page has no inline script, style or handler, and nothing from elsewhere', () => {
  assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|javascript:/i);
  for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) assert.match(tag, /\ssrc="\/chat-ui\//);
  for (const [, address] of html.matchAll(/\s(?:src|href)="([^"]+)"/g)) assert.match(address ?? '', /^(\/chat-ui\/|#)/);
  for (const [, address] of html.matchAll(/\s(?:src|href)="(\/chat-ui\/[^"]+)"/g)) {
    assert.ok(existsSync(join(ROOT, (address ?? '').replace('/chat-ui/', ''))), address);
  }
  for (const { path, text } of own) assert.doesNotMatch(text, /setAttribute\(\s*['"](style|on[a-z]+)['"]/, path);
});

test('every template and icon that is used is in the page', () => {
  const text = own.map((file) => file.text).join('\n');
  for (const [, id] of text.matchAll(/'(t-[a-z-]+)'/g)) assert.ok(html.includes(`<template id="${id}">`), id);
  for (const [, id] of html.matchAll(/<use href="#([a-z-]+)"/g)) assert.ok(html.includes(`<symbol id="${id}"`), id);
  for (const [, name] of text.matchAll(/icon: '([a-z-]+)'/g)) assert.ok(html.includes(`<symbol id="i-${name}"`), name);
});

test('no key of the catalogue is missing, and none is left over', () => {
  const known = new Set(Object.keys(catalogue));
  const families = new Set([...known].map((key) => key.split('.')[0]));
  const used = new Set([...html.matchAll(/\sdata-t(?:-[a-z]+)?="([^"]+)"/g)].map(([, key]) => key ?? ''));
  for (const { text } of own.filter((file) => file.path !== 'js/lib/i18n.js')) {
    for (const [, key] of text.matchAll(/'([a-z_]+(?:\.[a-z_]+)*)'/g)) {
      const isCall = new RegExp(`\\bt\\('${(key ?? '').replaceAll('.', '\\.')}'`).test(text);
      if (isCall || (key?.includes('.') && families.has(key.split('.')[0] ?? ''))) used.add(key ?? '');
    }
  }
  /** @param {string} key */
  const isThere = (key) => known.has(key) || (known.has(`${key}.one`) && known.has(`${key}.other`));
  assert.deepEqual([...used].filter((key) => !isThere(key)), [], 'missing');
  assert.deepEqual([...known].filter((key) => !used.has(key) && !used.has(key.replace(/\.(one|other)$/, ''))), [], 'left over');
});

test('every counted text has both of its forms', () => {
  for (const key of Object.keys(catalogue)) {
    if (key.endsWith('.one')) assert.ok(catalogue[key.replace(/one$/, 'other')], key);
    if (key.endsWith('.other')) assert.ok(catalogue[key.replace(/other$/, 'one')], key);
  }
});

test('every module is checked for types, and none has grown too long', () => {
  const styles = sources('css', '.css');
  for (const { path, text } of [...own, ...sources('tests', '.js'), ...sources('e2e', '.js')]) assert.match(text, /^\/\/ @ts-check\n/, path);
  for (const { path, text } of [...own, ...styles]) {
    assert.ok(text.split('\n').length <= 320, `${path} has ${text.split('\n').length} lines`);
  }
});

/** A module and everything it imports at once. @param {string} path @param {Set<string>} [found] */
function closure(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  const text = readFileSync(join(ROOT, path), 'utf8');
  for (const [, to] of text.matchAll(/^import[^'"]*?['"](\.[^'"]+)['"]/gms)) closure(normalize(join(dirname(path), to ?? '')), found);
  return found;
}

test('what a first visit loads stays within the budget', () => {
  const size = (/** @type {string[]} */ paths) => paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(ROOT, path))).length, 0);
  const scripts = size([...closure('js/main.js'), 'js/first-theme.js']);
  assert.ok(scripts <= 60 * 1024, `JavaScript: ${scripts} bytes`);
  const styles = size(sources('css', '.css').map(({ path }) => path));
  assert.ok(styles <= 15 * 1024, `CSS: ${styles} bytes`);
});

test('the lock file names no registry but the public one', () => {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  for (const [, host] of lock.matchAll(/https?:\/\/([^/"]+)[^"]*\.tgz/g)) assert.equal(host, 'registry.npmjs.org');
});
