// follow.mjs MODULES ORIGIN CERTIFICATE KEY SCREENSHOTS PATH: stays at the page of a run until it says that the run passed.
// Prints one line of JSON: what the page had at first and in the end, with its script and without, and whether anything from outside ran.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [modules, origin, certificate, key, screenshots, path] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

mkdirSync(screenshots, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']
});
try {
  console.log(JSON.stringify({ plain: await withoutScript(), ...await following() }));
} finally {
  await browser.close();
}

function open(options) {
  return browser.newContext({
    viewport: { width: 1280, height: 900 },
    ignoreHTTPSErrors: true,
    clientCertificates: [{ origin, certPath: certificate, keyPath: key }],
    ...options
  });
}

async function withoutScript() {
  const context = await open({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(origin + path);
  const text = await page.locator('main').innerText();
  await page.screenshot({ path: join(screenshots, 'plain.png') });
  await context.close();
  return text;
}

async function following() {
  const context = await open({ colorScheme: 'dark' });
  const page = await context.newPage();
  const refused = [];
  const dialogs = [];
  page.on('console', message => refused.push(message.text()));
  page.on('dialog', dialog => { dialogs.push(dialog.message()); dialog.dismiss(); });
  const first = await (await page.goto(origin + path)).text();
  await page.waitForFunction(() => document.getElementById('output').innerText.includes('half a line'), { timeout: 60000 });
  await page.screenshot({ path: join(screenshots, 'following.png') });
  await page.waitForFunction(() => document.getElementById('state').innerText.startsWith('Passed'), { timeout: 60000 });
  const seen = await page.evaluate(() => ({
    text: document.querySelector('main').innerText,
    lines: [...document.querySelectorAll('#output li')].map(line => line.id),
    atEnd: window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 50,
    foreign: document.querySelectorAll('script:not([src="/ui/run.js"]), img, iframe, b, [onerror], [style]').length
  }));
  await page.screenshot({ path: join(screenshots, 'over.png') });
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  const serious = found.violations
    .filter(violation => violation.impact === 'serious' || violation.impact === 'critical')
    .map(violation => `${violation.id}: ${violation.nodes[0].html} ${violation.nodes[0].failureSummary}`);
  await context.close();
  return { first, ...seen, refused, dialogs, serious };
}
