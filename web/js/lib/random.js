// @ts-check
// Random names and numbers.

/** Gives 128 random bits as 22 characters of `A-Za-z0-9_-`: the name of an intent to send. */
export function makeNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
