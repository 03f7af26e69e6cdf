// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from '../js/model/timeline.js';
import { message, messages, page } from './helpers.js';

const ME = 'me';

/** @param {Timeline} timeline */
const seqs = (timeline) => timeline.messages.map(({ seq }) => seq);

/** @param {number} from @param {number} to @param {number} head @param {number} [window] */
function opened(from, to, head, window) {
  const timeline = new Timeline(window);
  timeline.reset(page(from, to, head));
  return timeline;
}

test('a live message that follows is appended and counted as seen', () => {
  const timeline = opened(1, 3, 3);
  assert.equal(timeline.apply(message(4), ME), 'next');
  assert.deepEqual(seqs(timeline), [1, 2, 3, 4]);
  assert.equal(timeline.rev, 4);
});

test('the first message of an empty room is shown', () => {
  const timeline = opened(1, 0, 0);
  assert.equal(timeline.apply(message(1), ME), 'next');
  assert.deepEqual(seqs(timeline), [1]);
});

test('a live message after a hole asks for what is missing and isn\'t shown before it', () => {
  const timeline = opened(1, 3, 3);
  assert.equal(timeline.apply(message(5), ME), 'gap');
  assert.deepEqual(seqs(timeline), [1, 2, 3]);
  assert.equal(timeline.rev, 3);
  timeline.catchUp([message(4), message(5)], 5, ME);
  assert.deepEqual(seqs(timeline), [1, 2, 3, 4, 5]);
  assert.equal(timeline.rev, 5);
});

test('changes that come ordered by rev end up ordered by seq', () => {
  const timeline = opened(1, 1, 1);
  timeline.catchUp([message(3, { rev: 4 })], 4, ME);
  timeline.catchUp([message(2, { rev: 5, deleted: true, content: undefined })], 5, ME);
  assert.deepEqual(seqs(timeline), [1, 2, 3]);
  assert.equal(timeline.find('m2')?.deleted, true);
});

test('the same message twice is one row, and an older state never wins', () => {
  const timeline = opened(1, 3, 3);
  timeline.apply(message(2, { rev: 4, content: 'edited' }), ME);
  assert.equal(timeline.apply(message(2, { rev: 2, content: 'text 2' }), ME), 'known');
  timeline.apply(message(3), ME);
  assert.deepEqual(seqs(timeline), [1, 2, 3]);
  assert.equal(timeline.find('m2')?.content, 'edited');
});

test('a page that was read before a change doesn\'t undo it', () => {
  const timeline = opened(51, 100, 100);
  timeline.apply(message(20, { rev: 101, deleted: true, content: undefined }), ME);
  timeline.prepend(page(1, 50, 100));
  assert.equal(timeline.find('m20')?.deleted, true);
  assert.equal(timeline.messages.length, 100);
});

test('a buried message stays so until a newer state comes', () => {
  const timeline = opened(1, 2, 2);
  timeline.bury('m1');
  assert.equal(timeline.find('m1')?.deleted, true);
  timeline.apply(message(1), ME);
  assert.equal(timeline.find('m1')?.deleted, true);
  timeline.apply(message(1, { rev: 3, deleted: true, content: undefined }), ME);
  assert.equal(timeline.find('m1')?.rev, 3);
});

test('the window lets go of its end when older pages come, and gets it back', () => {
  const timeline = opened(201, 300, 300, 100);
  timeline.prepend(page(151, 200, 300));
  assert.equal(timeline.messages.length, 100);
  assert.equal(timeline.lastSeq, 250);
  assert.equal(timeline.hasAfter, true);
  timeline.append(page(251, 300, 300));
  assert.equal(timeline.firstSeq, 201);
  assert.equal(timeline.lastSeq, 300);
  assert.deepEqual([timeline.hasBefore, timeline.hasAfter], [true, false]);
});

test('live messages trim the beginning while the reader is at the end, and not while they are elsewhere', () => {
  const timeline = opened(1, 100, 100, 100);
  timeline.apply(message(101), ME);
  assert.deepEqual([timeline.firstSeq, timeline.lastSeq], [2, 101]);
  timeline.follow = false;
  timeline.apply(message(102), ME);
  assert.deepEqual([timeline.firstSeq, timeline.lastSeq, timeline.hasAfter], [2, 101, true]);
  assert.equal(timeline.headSeq, 102);
});

test('what arrives while the window ends earlier is not appended after a hole', () => {
  const timeline = opened(1, 50, 200);
  timeline.apply(message(201), ME);
  assert.equal(timeline.lastSeq, 50);
  timeline.append(page(51, 100, 201));
  assert.equal(timeline.lastSeq, 100);
  assert.equal(timeline.hasAfter, true);
});

test('a page that doesn\'t touch the window is ignored', () => {
  const timeline = opened(101, 150, 200);
  timeline.prepend(page(1, 50, 200));
  timeline.append(page(160, 200, 200));
  assert.deepEqual([timeline.firstSeq, timeline.lastSeq], [101, 150]);
});

test('unseen counts new messages of others, and only while the reader is elsewhere', () => {
  const timeline = opened(1, 3, 3);
  timeline.apply(message(4), ME);
  assert.equal(timeline.unseen, 0);
  timeline.follow = false;
  timeline.apply(message(5), ME);
  timeline.apply(message(6, { user_id: ME }), ME);
  timeline.apply(message(5, { rev: 7, content: 'edited' }), ME);
  timeline.apply(message(7, { rev: 8, deleted: true }), ME);
  assert.equal(timeline.unseen, 1);
});

test('a row keeps its key when its nonce becomes known later', () => {
  const timeline = opened(1, 1, 1);
  timeline.apply(message(2), ME);
  const key = timeline.keyOf(message(2));
  assert.equal(timeline.keyOf(message(2, { nonce: 'n' })), key);
  assert.equal(timeline.keyOf(message(3, { nonce: 'n3' })), 'n3');
});

test('any order of frames and catch-ups leads to the same timeline', () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 50; round += 1) {
    const timeline = opened(1, 5, 5);
    /** @type {import('../js/net/types.js').Message[]} */
    const state = messages(1, 5);
    let rev = 5;
    for (let step = 0; step < 60; step += 1) {
      rev += 1;
      const old = random() < 0.3 ? state[Math.floor(random() * state.length)] : undefined;
      const changed = old ? message(old.seq, { rev, deleted: true, content: undefined }) : message(state.length + 1, { rev });
      state[changed.seq - 1] = changed;
      // Some frames are lost, some come twice.
      if (random() < 0.7) timeline.apply(changed, ME);
      if (random() < 0.2) timeline.apply(changed, ME);
      if (random() < 0.2) {
        const missed = state.filter((item) => item.rev > timeline.rev).sort((a, b) => a.rev - b.rev);
        timeline.catchUp(missed, missed.at(-1)?.rev ?? timeline.rev, ME);
      }
    }
    const missed = state.filter((item) => item.rev > timeline.rev).sort((a, b) => a.rev - b.rev);
    timeline.catchUp(missed, rev, ME);
    assert.deepEqual(timeline.messages, state);
  }
});
