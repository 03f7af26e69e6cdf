// @ts-check
// Where the address says we are. Links look like `#/r/ROOM` and `#/r/ROOM/m/ID`.

/**
 * @typedef {{ name: 'home' } | { name: 'sign-in' } | { name: 'sign-up' } | { name: 'setup', token: string }
 *   | { name: 'room', room: string, message?: string }} Route
 */

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads the part of an address from `#` on; what isn't known leads home. @param {string} hash @returns {Route} */
export function parseRoute(hash) {
  const [first, second, third, fourth] = hash.replace(/^#\/?/, '').split('/').map(decode);
  if (first === 'sign-in') return { name: 'sign-in' };
  if (first === 'sign-up') return { name: 'sign-up' };
  if (first === 'setup' && second) return { name: 'setup', token: second };
  if (first === 'r' && second) {
    return third === 'm' && fourth ? { name: 'room', room: second, message: fourth } : { name: 'room', room: second };
  }
  return { name: 'home' };
}

/** @param {Route} route */
export function formatRoute(route) {
  switch (route.name) {
    case 'home':
      return '#/';
    case 'setup':
      return `#/setup/${encodeURIComponent(route.token)}`;
    case 'room': {
      const message = route.message ? `/m/${encodeURIComponent(route.message)}` : '';
      return `#/r/${encodeURIComponent(route.room)}${message}`;
    }
    default:
      return `#/${route.name}`;
  }
}
