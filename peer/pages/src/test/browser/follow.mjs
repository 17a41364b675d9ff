// follow.mjs MODULES ORIGIN CERTIFICATE KEY SCREENSHOTS PATH: stays at the page of a run until it says that the run passed.
// Prints one line of JSON: what the page had at first and in the end, with its script and without, and whether anything from outside ran.
import { axeOf, browser, dialogsOf, keep, open, origin } from './browser.mjs';

const path = process.argv[7];
try {
  console.log(JSON.stringify({ plain: await withoutScript(), ...await following() }));
} finally {
  await browser.close();
}

async function withoutScript() {
  const context = await open(1280, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(origin + path);
  const text = await page.locator('main').innerText();
  await keep(page, 'plain');
  await context.close();
  return text;
}

async function following() {
  const context = await open(1280, { colorScheme: 'dark' });
  const page = await context.newPage();
  const refused = [];
  page.on('console', message => refused.push(message.text()));
  const dialogs = dialogsOf(page);
  const first = await (await page.goto(origin + path)).text();
  await page.waitForFunction(() => document.getElementById('output').innerText.includes('half a line'), { timeout: 60000 });
  await keep(page, 'following');
  await page.waitForFunction(() => document.getElementById('state').innerText.startsWith('Passed'), { timeout: 60000 });
  const seen = await page.evaluate(() => ({
    text: document.querySelector('main').innerText,
    lines: [...document.querySelectorAll('#output li')].map(line => line.id),
    atEnd: window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 50,
    foreign: document.querySelectorAll('script:not([src="/ui/run.js"]), img, iframe, b, [onerror], [style]').length
  }));
  await keep(page, 'over');
  const { serious } = await axeOf(page);
  await context.close();
  return { first, ...seen, refused, dialogs, serious };
}
