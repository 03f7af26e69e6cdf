// @ts-check
// Times for people, in their language and zone.
import { language, t } from './i18n.js';

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** Making a format is slow and rows need the same few again and again.
 * @param {string} name @param {Intl.DateTimeFormatOptions} options */
function format(name, options) {
  const key = `${language()}:${name}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language(), options);
  formats.set(key, known);
  return known;
}

/** "14:02" @param {string} iso */
export const clockTime = (iso) => format('time', { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));

/** "14:02", and "2:02" where others write "2:02 pm": for where there is little room. @param {string} iso */
export const briefTime = (iso) =>
  format('time', { hour: '2-digit', minute: '2-digit' })
    .formatToParts(new Date(iso))
    .filter(({ type }) => type !== 'dayPeriod')
    .map(({ value }) => value)
    .join('')
    .trim();

/** Date and time in full. @param {string} iso */
export const fullTime = (iso) => format('full', { dateStyle: 'full', timeStyle: 'short' }).format(new Date(iso));

/** Names the local day, for comparing. @param {string} iso */
export function dayOf(iso) {
  const at = new Date(iso);
  return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
}

/** "Today", "Yesterday" or the date. @param {string} iso @param {Date} [now] */
export function dayName(iso, now = new Date()) {
  const day = dayOf(iso);
  if (day === dayOf(now.toISOString())) return t('time.today');
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (day === dayOf(yesterday.toISOString())) return t('time.yesterday');
  const sameYear = new Date(iso).getFullYear() === now.getFullYear();
  return sameYear
    ? format('day', { weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(iso))
    : format('date', { day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(iso));
}
