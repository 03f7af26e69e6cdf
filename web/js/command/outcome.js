// @ts-check
// How a command ended, in words for people.
import { t } from '../lib/i18n.js';
import { NetworkFailure, Problem } from '../net/api.js';

/**
 * @typedef {{ field: string, detail: string }} Fault `field`: the key of the body, "" for the whole
 * @typedef {{ ok: false, code: string, message: string, faults: Fault[] }} Refusal
 */

/** Makes a text a sentence. @param {string} text */
const sentence = (text) => {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(start) ? start : `${start}.`;
};

/** Says what went wrong. @param {unknown} error @returns {Refusal} */
export function refusal(error) {
  if (error instanceof Problem) {
    const faults = error.errors.map(({ pointer, detail }) => ({ field: pointer.replace(/^\//, ''), detail: sentence(detail) }));
    const seconds = Math.ceil(error.retryAfterMs / 1000);
    const wait = seconds > 0 ? ` ${t('error.try_again_in', { count: seconds })}` : '';
    return { ok: false, code: error.code, message: sentence(error.message) + wait, faults };
  }
  if (error instanceof NetworkFailure) return { ok: false, code: 'network', message: t('error.network'), faults: [] };
  console.error(error);
  return { ok: false, code: 'internal', message: t('error.internal'), faults: [] };
}

/**
 * Carries something out and gives its value, or why not.
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<{ ok: true, value: T } | Refusal>}
 */
export async function attempt(action) {
  try {
    return { ok: true, value: await action() };
  } catch (error) {
    return refusal(error);
  }
}
