// @ts-check
// Turns keys of the catalogue into text. A key with `.one` and `.other` forms is chosen by `count`.

/** @type {Record<string, string>} */
let catalogue = {};
let locale = 'en';
let plurals = new Intl.PluralRules(locale);

/** @param {Record<string, string>} strings @param {string} language */
export function setCatalogue(strings, language) {
  catalogue = strings;
  locale = language;
  plurals = new Intl.PluralRules(language);
}

/** The language of the catalogue, for `Intl`. */
export const language = () => locale;

/**
 * Gives the text of a key with `{name}` replaced by the parameters. An unknown key gives itself: a test keeps that from
 * happening.
 * @param {string} key
 * @param {Record<string, string | number>} [parameters]
 */
export function t(key, parameters = {}) {
  const counted = typeof parameters.count === 'number' ? `${key}.${plurals.select(parameters.count)}` : key;
  const text = catalogue[counted] ?? catalogue[`${key}.other`] ?? catalogue[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in parameters ? String(parameters[name]) : whole));
}

/** @param {string[]} items */
export const list = (items) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);

/** Which attribute of an element each `data-t-…` fills. */
const ATTRIBUTES = { tLabel: 'aria-label', tPlaceholder: 'placeholder', tTitle: 'title' };

/**
 * Fills in the texts of everything below `root` that names a key in `data-t`, `data-t-label`, `data-t-placeholder` or
 * `data-t-title`, inside templates too.
 * @param {ParentNode} root
 */
export function translate(root) {
  for (const element of root.querySelectorAll('*')) {
    if (element instanceof HTMLTemplateElement) translate(element.content);
    if (!(element instanceof HTMLElement)) continue;
    if (element.dataset.t) element.textContent = t(element.dataset.t);
    for (const [from, to] of Object.entries(ATTRIBUTES)) {
      const key = element.dataset[from];
      if (key) element.setAttribute(to, t(key));
    }
  }
}
