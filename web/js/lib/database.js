// @ts-check
// A thin wrapper over IndexedDB: one store of records by key. Falls back to memory where the browser has no database
// (private windows, forbidden storage): then only the survival of a reload is lost.

const NAME = 'chinwag';
const STORE = 'outbox';

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @returns {Promise<IDBDatabase>} */
function connect() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'nonce' });
  return done(request);
}

/**
 * @template {{ nonce: string }} T
 * @typedef {{
 *   put(record: T): Promise<void>,
 *   remove(nonce: string): Promise<void>,
 *   has(nonce: string): Promise<boolean>,
 *   all(): Promise<T[]>,
 *   destroy(): Promise<void>,
 * }} Records
 */

/** @template {{ nonce: string }} T @returns {Records<T>} */
export function memoryRecords() {
  /** @type {Map<string, T>} */
  const records = new Map();
  return {
    put: async (record) => void records.set(record.nonce, structuredClone(record)),
    remove: async (nonce) => void records.delete(nonce),
    has: async (nonce) => records.has(nonce),
    all: async () => [...records.values()],
    destroy: async () => records.clear(),
  };
}

/**
 * Opens the records. A write is on disk as far as the browser tells when its promise resolves.
 * @template {{ nonce: string }} T
 * @returns {Promise<Records<T>>}
 */
export async function openRecords() {
  /** @type {IDBDatabase} */
  let database;
  try {
    database = await connect();
  } catch {
    return memoryRecords();
  }
  // Another tab that signs out deletes the database; ours must not stand in its way.
  database.onversionchange = () => database.close();
  /** What the disk wouldn't take; it is there all the same for as long as the page is. @type {Set<string>} */
  const unsaved = new Set();
  /** @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} action @returns {Promise<any>} */
  const run = async (mode, action) => done(action(database.transaction(STORE, mode).objectStore(STORE)));
  return {
    put: (record) => run('readwrite', (store) => store.put(record)).catch(() => void unsaved.add(record.nonce)),
    remove: (nonce) => run('readwrite', (store) => store.delete(nonce)).catch(() => {}),
    has: (nonce) =>
      unsaved.has(nonce)
        ? Promise.resolve(true)
        : run('readonly', (store) => store.count(nonce)).then((count) => count > 0, () => true),
    all: () => run('readonly', (store) => store.getAll()).catch(() => []),
    destroy: () => run('readwrite', (store) => store.clear()).catch(() => {}),
  };
}
