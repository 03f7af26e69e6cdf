// @ts-check
// Copies the third-party modules that the browser gets out of node_modules, where package-lock.json pins them.
//   node vendor.mjs           writes js/vendor
//   node vendor.mjs --check   fails if js/vendor is not what those packages hold
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** @type {{ package: string, file: string, to: string, license: string }[]} */
const MODULES = [{ package: 'marked', file: 'lib/marked.esm.js', to: 'marked.js', license: 'LICENSE' }];

/** @param {string} path */
const read = (path) => readFileSync(join(here, path), 'utf8');

const lock = JSON.parse(read('package-lock.json'));
const check = process.argv.includes('--check');
let stale = 0;

/** @param {string} path @param {string} text */
function place(path, text) {
  if (!check) {
    mkdirSync(join(here, dirname(path)), { recursive: true });
    writeFileSync(join(here, path), text);
    return;
  }
  let found = '';
  try {
    found = read(path);
  } catch {
    // Reported as different below.
  }
  if (found !== text) {
    console.error(`${path} is not what the pinned package holds; run: npm run vendor`);
    stale += 1;
  }
}

for (const module of MODULES) {
  const root = `node_modules/${module.package}`;
  const { version } = JSON.parse(read(`${root}/package.json`));
  const pinned = lock.packages[root].version;
  if (version !== pinned) {
    console.error(`${module.package} ${version} is installed, ${pinned} is pinned; run: npm ci`);
    process.exit(1);
  }
  const code = read(`${root}/${module.file}`).replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  place(`js/vendor/${module.to}`, `// @ts-nocheck\n// ${module.package} ${version}, copied by vendor.mjs\n${code}`);
  place(`js/vendor/${module.package}.LICENSE.txt`, read(`${root}/${module.license}`));
}
process.exit(stale === 0 ? 0 : 1);
