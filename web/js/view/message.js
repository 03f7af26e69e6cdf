// @ts-check
// One row of the timeline. A row keeps its element for as long as it is shown; `update` brings it up to date.
import { clone, make, part } from '../lib/dom.js';
import { list, t } from '../lib/i18n.js';
import { briefTime, clockTime, dayName, fullTime } from '../lib/time.js';
import { showAvatar } from './avatar.js';
import { setIcon } from './icon.js';
import { showText } from './text.js';

/**
 * @typedef {import('../model/rows.js').Row} Row
 * @typedef {Extract<Row, { type: 'message' | 'pending' }>} TextRow
 * @typedef {{ undo: (row: Row) => void, retry: (row: Row) => void, discard: (row: Row) => void }} RowActions
 */

const LABEL_LENGTH = 300;
const NAMES = 3;

/** @param {Row} row @returns {HTMLElement} */
export function createRow(row) {
  const templates = { day: 't-day', notice: 't-notice', message: 't-message', pending: 't-message' };
  return clone(templates[row.type]);
}

/** Changes whenever a row has to be drawn again. @param {Row} row */
export function signatureOf(row) {
  switch (row.type) {
    case 'day':
      return `day ${dayName(row.at)}`;
    case 'notice':
      return `notice ${JSON.stringify(row.line)}`;
    case 'message':
      return `message ${row.message.rev} ${row.message.deleted} ${row.grouped} ${row.leaving}`;
    case 'pending':
      return `pending ${row.entry.state} ${row.grouped} ${row.entry.reason}`;
  }
}

/** @param {HTMLElement} element @param {Row} row @param {{ _id: string, username: string }} me @param {RowActions} actions */
export function updateRow(element, row, me, actions) {
  if (row.type === 'day') part(element, 'span').textContent = dayName(row.at);
  else if (row.type === 'notice') part(element, 'span').textContent = noticeText(row.line);
  else updateText(element, row, me, actions);
}

/** @param {TextRow} row @param {{ _id: string, username: string }} me */
function factsOf(row, me) {
  if (row.type === 'message') {
    const { message } = row;
    return { id: message.user_id, name: message.username, at: message.created_at, content: message.content ?? '' };
  }
  return { id: me._id, name: me.username, at: row.entry.created_at, content: row.entry.content };
}

/** @param {HTMLElement} element @param {TextRow} row @param {{ _id: string, username: string }} me @param {RowActions} actions */
function updateText(element, row, me, actions) {
  const { id, name, at, content } = factsOf(row, me);
  const own = id === me._id;
  const deleted = row.type === 'message' && row.message.deleted === true;
  const leaving = row.type === 'message' && row.leaving;
  const state = row.type === 'pending' ? row.entry.state : 'sent';
  const gone = deleted || leaving;
  element.className = 'row';
  element.classList.toggle('grouped', row.grouped);
  element.classList.toggle('own', own);
  element.classList.toggle('deleted', gone);
  element.classList.toggle('leaving', leaving);
  element.classList.toggle('pending', state === 'waiting' || state === 'sending');
  element.classList.toggle('failed', state === 'failed');

  const side = part(element, '.avatar, .gutter');
  side.className = row.grouped ? 'gutter' : 'avatar';
  if (row.grouped) {
    delete side.dataset.palette;
    side.textContent = briefTime(at);
  } else {
    showAvatar(side, { name, own });
  }
  part(element, '.head').hidden = row.grouped;
  part(element, '.author').textContent = name;
  const time = part(element, '.head time');
  time.setAttribute('datetime', at);
  time.textContent = clockTime(at);
  time.title = fullTime(at);

  const text = part(element, '.text');
  if (gone) text.replaceChildren(make('p', { text: leaving ? t('message.leaving') : t('message.deleted') }));
  else showText(text, content);
  showState(part(element, '.state'), row, actions);
  const said = gone ? t('message.deleted') : content.slice(0, LABEL_LENGTH);
  const label = t('message.label', { name, time: clockTime(at), text: said });
  part(element, 'article').setAttribute('aria-label', [label, part(element, '.state-text').textContent].join(' ').trim());
}

/** @param {HTMLElement} element @param {TextRow} row @param {RowActions} actions */
function showState(element, row, actions) {
  const pending = row.type === 'pending';
  const failed = pending && row.entry.state === 'failed';
  const leaving = row.type === 'message' && row.leaving;
  const hadFocus = element.contains(document.activeElement);
  for (const button of element.querySelectorAll('button')) button.remove();
  const text = part(element, '.state-text');
  text.classList.toggle('visually-hidden', pending && !failed);
  text.textContent = failed ? `${t('message.failed')} ${row.entry.reason ?? ''}` : pending ? t('message.pending') : '';
  element.hidden = !pending && !leaving;
  setIcon(element, failed ? 'alert' : leaving ? 'trash' : 'clock');
  if (failed) element.append(button('message.retry', () => actions.retry(row)), button('message.discard', () => actions.discard(row)));
  if (leaving) element.append(button('message.undo', () => actions.undo(row)));
  if (hadFocus) element.closest('article')?.focus();
}

/** @param {string} key @param {() => void} action */
function button(key, action) {
  const element = make('button', { class: 'inline', text: t(key) });
  element.type = 'button';
  element.addEventListener('click', action);
  return element;
}

/** @param {import('../model/notices.js').NoticeLine} line */
function noticeText(line) {
  const parts = [
    line.joined.length > 0 ? t('notice.joined', { names: namesOf(line.joined) }) : '',
    line.left.length > 0 ? t('notice.left', { names: namesOf(line.left) }) : '',
    line.visited.length > 0 ? t('notice.visited', { names: namesOf(line.visited) }) : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** @param {string[]} names */
function namesOf(names) {
  if (names.length <= NAMES) return list(names);
  return list([...names.slice(0, NAMES - 1), t('notice.others', { count: names.length - NAMES + 1 })]);
}
