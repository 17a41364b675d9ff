// What the scripts beside it share: the browser, and what axe finds in a page. The first arguments of each script are
// MODULES ORIGIN CERTIFICATE KEY SCREENSHOTS; a certificate of `-` is none.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [modules, origin, certificate, key, screenshots] = process.argv.slice(2, 7);
const require = createRequire(join(modules, 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

mkdirSync(screenshots, { recursive: true });
export const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']
});

export { origin };

// A new window, with the certificate.
export function open(width, options) {
  return browser.newContext({
    viewport: { width, height: 900 },
    ignoreHTTPSErrors: true,
    clientCertificates: certificate === '-' ? [] : [{ origin, certPath: certificate, keyPath: key }],
    ...options
  });
}

// Keeps what the page looks like now.
export function keep(page, name) {
  return page.screenshot({ path: join(screenshots, `${name}.png`) });
}

// What axe says of the page: how many of its rules hold, and what is seriously wrong.
export async function axeOf(page) {
  // A tool of the test, not of the page: the debugger's own scripts are not bound by the page's policy.
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  const serious = found.violations
    .filter(violation => violation.impact === 'serious' || violation.impact === 'critical')
    .map(violation => `${violation.id}: ${violation.nodes[0].html} ${violation.nodes[0].failureSummary}`);
  return { serious, passes: found.passes.length };
}

// Collects the dialogs that the page opens, and closes them.
export function dialogsOf(page) {
  const dialogs = [];
  page.on('dialog', dialog => { dialogs.push(dialog.message()); dialog.dismiss(); });
  return dialogs;
}
