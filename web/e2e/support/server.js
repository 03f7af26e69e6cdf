// @ts-check
// Starts the real binary on a port of its own choosing, and ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const START_MS = 20_000;

function binary() {
  const named = process.env.CHINWAG_BIN;
  const places = named ? [resolve(named)] : ['debug', 'release'].map((profile) => resolve(here, '../../../target', profile, 'chinwag'));
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`there is no chinwag binary at ${places.join(' or ')}; run: cargo build, or set CHINWAG_BIN`);
  return found;
}

/** A port that is free now: a server that restarts must come back where its clients look for it. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolvePort(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The store of this run: each server gets a database of its own where the store isn't a file. @param {string} name */
function storeArguments(name) {
  const store = process.env.CHINWAG_E2E_STORE;
  if (!store) return [];
  if (!store.startsWith('mongodb')) return ['--store', store];
  const [, head, database, query] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?([^?]*)(\?.*)?$/.exec(store) ?? [];
  if (!head) throw new Error('CHINWAG_E2E_STORE is no MongoDB URI');
  return ['--store', `${head}/${database || 'chinwag_e2e'}_${name}${query ?? ''}`];
}

export class Server {
  #directory = mkdtempSync(join(tmpdir(), 'chinwag-e2e-'));
  #name = Math.random().toString(36).slice(2, 10);
  #demo;
  /** @type {import('node:child_process').ChildProcess | null} */
  #process = null;
  #port = 0;
  #output = '';

  /** @param {{ demo?: boolean }} [options] */
  constructor({ demo = true } = {}) {
    this.#demo = demo;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Waits until it has printed something. @param {RegExp} pattern @returns {Promise<string>} what matches */
  async printed(pattern) {
    const end = Date.now() + START_MS;
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found) return found[0];
      const child = this.#process;
      if (!child || Date.now() > end) throw new Error(`the server has not printed ${pattern}:\n${this.#output}`);
      await Promise.race([once(child.stdout ?? child, 'data'), once(child.stderr ?? child, 'data')]);
    }
  }

  /** Starts it, again on the same port and data if it ran before. */
  async start() {
    this.#port ||= await freePort();
    this.#output = '';
    const listen = ['--listen', `127.0.0.1:${this.#port}`, '--data-dir', join(this.#directory, 'data')];
    const flags = [...(this.#demo ? ['--demo'] : []), ...listen, ...storeArguments(this.#name)];
    // Tests sign in and send far faster than people.
    const off = { CHINWAG_LIMITS_LOGINS_PER_ADDRESS: '0', CHINWAG_LIMITS_SENDS_PER_SECOND: '0', CHINWAG_LIMITS_COMMANDS_PER_SECOND: '0' };
    // What the environment says of other servers is nothing to this one.
    const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CHINWAG_')));
    const child = spawn(binary(), ['serve', ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...rest, ...off } });
    this.#process = child;
    await new Promise((ready, failed) => {
      const timer = setTimeout(() => failed(new Error(`the server did not start:\n${this.#output}`)), START_MS);
      const read = (/** @type {Buffer} */ data) => {
        this.#output += data;
        // The address alone isn't enough: a log line may name it before it answers.
        if (!this.#output.includes(`${this.url}/chat-ui`)) return;
        clearTimeout(timer);
        ready(undefined);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => {
        clearTimeout(timer);
        failed(new Error(`the server ended with ${code}:\n${this.#output}`));
      });
    });
  }

  /** Kills it without a chance to tidy up. */
  async kill() {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
  }

  /** Ends it and deletes what it kept. */
  async remove() {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
