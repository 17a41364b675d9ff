// look.mjs MODULES ORIGIN CERTIFICATE KEY SCREENSHOTS VARIANTS PATH...: opens pages in a headless Chromium. VARIANTS says how: each is a
// colour scheme and a width, as in light-360,dark-1280.
// Prints one line of JSON: what each page was, what axe found, which requests were made, and whether anything in it ran.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [modules, origin, certificate, key, screenshots, variants, ...paths] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

mkdirSync(screenshots, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']
});
const looks = [];
try {
  for (const [colorScheme, width] of variants.split(',').map(variant => variant.split('-'))) {
    for (const [number, path] of paths.entries()) {
      looks.push(await look(colorScheme, Number(width), number, path));
    }
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(looks));

async function look(colorScheme, width, number, path) {
  const served = !path.startsWith('file:');
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: 900 },
    bypassCSP: false,
    ignoreHTTPSErrors: true,
    clientCertificates: certificate === '-' || !served ? [] : [{ origin, certPath: certificate, keyPath: key }]
  });
  try {
    const page = await context.newPage();
    const requests = [];
    const dialogs = [];
    page.on('request', request => requests.push(request.url()));
    page.on('dialog', dialog => { dialogs.push(dialog.message()); dialog.dismiss(); });
    let status = 0;
    try {
      const answer = await page.goto(served ? origin + path : path, { timeout: 30000 });
      status = answer === null ? 200 : answer.status();
    } catch (error) {
      return { path, colorScheme, width, status: 0, failure: String(error.message).split('\n')[0] };
    }
    const seen = await page.evaluate(() => ({
      text: document.body.innerText,
      foreign: [...document.querySelectorAll('script:not([src="/ui/run.js"]), img, iframe, object, embed, b, [onerror], [onload], [style]')]
        .map(element => element.outerHTML.slice(0, 200)),
      styled: document.styleSheets.length,
      overflows: document.documentElement.scrollWidth > document.documentElement.clientWidth
    }));
    const name = `${number}-${colorScheme}-${width}`;
    await page.screenshot({ path: join(screenshots, `${name}.png`) });
    if (await page.locator('#time').count() > 0) {
      await page.evaluate(() => document.querySelector('#timeline, #time').scrollIntoView());
      await page.screenshot({ path: join(screenshots, `${name}-output.png`) });
    }
    if (await page.locator('details.plot').count() > 0) {
      for (const summary of await page.locator('details.plot summary').all()) {
        await summary.press('Enter');
      }
      await page.screenshot({ path: join(screenshots, `${name}-plot.png`) });
    }
    // A tool of the test, not of the page: the debugger's own scripts are not bound by the page's policy.
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run());
    const serious = found.violations
      .filter(violation => violation.impact === 'serious' || violation.impact === 'critical')
      .map(violation => `${violation.id}: ${violation.nodes[0].html} ${violation.nodes[0].failureSummary}`);
    return { path, colorScheme, width, status, ...seen, requests, dialogs, serious, passes: found.passes.length };
  } finally {
    await context.close();
  }
}
