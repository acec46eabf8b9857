// Browser phones for the scenarios. One Chromium, a page a phone. JSON lines: {phone, command, ...} on standard input;
// {phone, event, ...} on standard output. It ends with its standard input.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const jssip = readFileSync(new URL('dist/jssip.js', import.meta.url), 'utf8');
const page = readFileSync(new URL('page.js', import.meta.url), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // The page is made up here, so the browser does not know that it comes from this very machine.
  args: ['--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    // The exchange is on this machine, and no hand starts the sound.
    '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
});
const phones = new Map();

// The page pretends to come from the exchange itself, so that the origin is the one that a console would have.
async function open(name, origin, ignoreCertificate) {
  const context = await browser.newContext({ ignoreHTTPSErrors: ignoreCertificate === true, permissions: ['microphone'] });
  const tab = await context.newPage();
  await tab.route(`${origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>phone</title>' }));
  await tab.exposeFunction('report', (event) => say({ phone: name, ...event }));
  tab.on('pageerror', (e) => say({ phone: name, event: 'pageError', text: String(e) }));
  await tab.goto(`${origin}/phone`);
  await tab.addScriptTag({ content: jssip });
  await tab.addScriptTag({ content: page });
  phones.set(name, tab);
}

async function handle({ phone, command, ...rest }) {
  if (command === 'open') {
    await open(phone, rest.origin, rest.ignoreCertificate);
    say({ phone, event: 'opened' });
    return;
  }

  const tab = phones.get(phone);
  if (command === 'close') {
    await tab.context().close();
    return;
  }

  await tab.evaluate((c) => window.phone(c), { command, ...rest });
}

say({ event: 'ready' });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    await handle(JSON.parse(line));
  } catch (e) {
    say({ event: 'commandFailed', line, text: String(e) });
  }
}

await browser.close();
