// @ts-check
// Requests to the server. Whatever isn't a success comes back as a `Problem` or a `NetworkFailure`.

/** @typedef {{ pointer: string, code: string, detail: string }} FieldFault */

/** The server's definite answer that something can't be done. */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} document */
  constructor(status, document) {
    super(typeof document.detail === 'string' ? document.detail : `the server answered ${status}`);
    this.name = 'Problem';
    this.status = status;
    /** @type {string} */
    this.code = document.code ?? 'internal';
    /** @type {FieldFault[]} */
    this.errors = Array.isArray(document.errors) ? document.errors : [];
    /** @type {number} */
    this.retryAfterMs = document.retry_after_ms ?? 0;
  }

  /** Whether the same request may succeed later. */
  get isTransient() {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/** No answer: the request may or may not have been carried out. */
export class NetworkFailure extends Error {
  constructor() {
    super('the server did not answer');
    this.name = 'NetworkFailure';
  }
}

const TIMEOUT_MS = 15_000;

/**
 * @typedef {{ body?: unknown, token?: string, keepalive?: boolean }} RequestOptions
 * @typedef {(method: string, path: string, options?: RequestOptions) => Promise<any>} Request
 */

/**
 * Sends a request and gives the decoded answer; null where it has none.
 * @type {Request}
 */
export async function request(method, path, options = {}) {
  const headers = new Headers({ accept: 'application/json' });
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.token) headers.set('authorization', `Bearer ${options.token}`);
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  let response;
  let text;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const keepalive = options.keepalive ?? false;
    response = await fetch(path, { method, headers, body, signal, keepalive, credentials: 'same-origin' });
    text = await response.text();
  } catch {
    throw new NetworkFailure();
  }
  const answer = decode(text);
  if (response.ok) return answer;
  throw new Problem(response.status, answer ?? {});
}

/** @param {string} text @returns {any} */
function decode(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
