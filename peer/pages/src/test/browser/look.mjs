// look.mjs MODULES ORIGIN CERTIFICATE KEY SCREENSHOTS VARIANTS PATH...: opens pages in a headless Chromium. VARIANTS says how: each is a
// colour scheme and a width, as in light-360,dark-1280.
// Prints one line of JSON: what each page was, what axe found, which requests were made, and whether anything in it ran.
import { axeOf, browser, dialogsOf, keep, open, origin } from './browser.mjs';

const [variants, ...paths] = process.argv.slice(7);
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
  const context = await open(width, { colorScheme });
  try {
    const page = await context.newPage();
    const requests = [];
    page.on('request', request => requests.push(request.url()));
    const dialogs = dialogsOf(page);
    let status = 0;
    try {
      const answer = await page.goto(path.startsWith('file:') ? path : origin + path, { timeout: 30000 });
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
    await keep(page, name);
    if (await page.locator('#time').count() > 0) {
      await page.evaluate(() => document.querySelector('#timeline, #time').scrollIntoView());
      await keep(page, `${name}-output`);
    }
    if (await page.locator('details.plot').count() > 0) {
      for (const summary of await page.locator('details.plot summary').all()) {
        await summary.press('Enter');
      }
      await keep(page, `${name}-plot`);
    }
    return { path, colorScheme, width, status, ...seen, requests, dialogs, ...await axeOf(page) };
  } finally {
    await context.close();
  }
}
