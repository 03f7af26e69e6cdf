// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BINDINGS, SCOPES, actionOf, caps, chordOf } from '../js/model/keys.js';
import { sources } from './helpers.js';

/** @param {string} key @param {Partial<import('../js/model/keys.js').KeyPress>} [more] */
const press = (key, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test('a key press is written as the table writes it', () => {
  assert.equal(chordOf(press('k', { ctrlKey: true }), false), 'Mod+K');
  assert.equal(chordOf(press('k', { metaKey: true }), true), 'Mod+K');
  assert.equal(chordOf(press('k', { metaKey: true }), false), 'Meta+K');
  assert.equal(chordOf(press('/', { ctrlKey: true, shiftKey: true }), false), 'Mod+/');
  assert.equal(chordOf(press('Enter', { shiftKey: true }), false), 'Shift+Enter');
  assert.equal(chordOf(press('K', { ctrlKey: true, shiftKey: true }), false), 'Mod+Shift+K');
});

test('the same key does different things in different places, and nothing while a candidate is chosen', () => {
  assert.equal(actionOf(press('Enter'), 'writing', false), 'send');
  assert.equal(actionOf(press('Enter'), 'messages', false), 'enter-actions');
  assert.equal(actionOf(press('Enter'), 'everywhere', false), null);
  assert.equal(actionOf(press('Enter', { isComposing: true }), 'writing', false), null);
});

test('no key stands for two actions in one place', () => {
  for (const scope of SCOPES) {
    const keys = BINDINGS.filter((binding) => binding.scope === scope).flatMap((binding) => binding.keys);
    assert.equal(new Set(keys).size, keys.length, scope);
  }
});

test('no single letter is a key: people are typing', () => {
  for (const { keys } of BINDINGS) for (const key of keys) assert.doesNotMatch(key, /^[A-Z0-9]$/);
});

test('every action is handled, and every key of the table belongs to an action', () => {
  const code = [...sources('js/view', '.js'), ...sources('js', 'main.js')].map(({ text }) => text).join('\n');
  // The browser itself makes a new line.
  for (const { action } of BINDINGS.filter((binding) => binding.action !== 'newline')) {
    assert.match(code, new RegExp(`['"]?${action}['"]?\\s*(:|\\))|=== '${action}'`), action);
  }
});

test('caps are what is printed on the keyboard', () => {
  assert.deepEqual(caps('Mod+K', false), ['Ctrl', 'K']);
  assert.deepEqual(caps('Alt+ArrowUp', true), ['⌥', '↑']);
});
