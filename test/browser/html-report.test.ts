import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { htmlReport } from '../../src/reporters/html/page.ts';
import { complete } from '../unit/reporters/samples/complete.ts';
import { poisoned } from '../unit/reporters/samples/poisoned.ts';
import * as samples from '../unit/reporters/samples/reports.ts';
import { inBrowser, launchBrowser, noBrowser } from './browser.ts';
import { faintTexts } from './contrast.ts';

let browser: Browser;

interface Opened {
  page: Page;
  /** What the page said that is no good: errors, warnings, violations of its policy. */
  complaints: string[];
  /** Paths that were asked of the server. */
  requests: string[];
}

/** The page as a server gives it, so that whatever it would load can be seen. */
async function open(html: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url!);
    response.setHeader('content-type', 'text/html').end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const context = await browser.newContext({ viewport: { width: 1_100, height: 800 }, ...options });
  onTestFinished(async () => {
    await context.close();
    server.close();
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void complaints.push(message.text()));
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.isNavigationRequest() && !request.url().startsWith('data:'))
      requests.push(request.url());
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { page, complaints, requests };
}

const reports: [string, Report][] = [
  ['many failures', samples.manyFailures],
  ['an outage', samples.outage],
  ['an incomplete run', samples.incomplete],
  ['an app that did not start', samples.notStarted],
  ['an app that sends anything', samples.hostile],
  ['everything that a report can hold', complete],
];

const openAll = (page: Page) =>
  page.evaluate(() => {
    for (const each of document.querySelectorAll('details')) each.open = true;
  });

const ran = (page: Page) => page.evaluate(() => (window as { ran?: unknown }).ran);

describe.skipIf(noBrowser)(inBrowser('the page of a report'), () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  test.each(reports)('of %s, poisoned, runs nothing of it and loads nothing', async (_, report) => {
    const { page, complaints, requests } = await open(htmlReport(poisoned(report)));
    await openAll(page);
    for (const link of await page.locator('a[href]').all())
      if ((await link.getAttribute('href'))!.startsWith('#')) await link.dispatchEvent('click');
    await page.emulateMedia({ media: 'print' });
    expect(await ran(page)).toBeUndefined();
    expect(complaints).toEqual([]);
    expect(requests).toEqual(['/']);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('img, iframe, object, embed, form, base, svg a').count()).toBe(0);
    const attributes = await page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames()),
    );
    expect(attributes.filter((name) => /^(on|style$|src)/.test(name))).toEqual([]);
    expect(await page.locator('body').innerText()).toContain(
      '</script><script>window.ran=1</script>',
    );
  });

  it('would run nothing even where something were not escaped', async () => {
    const html = htmlReport(samples.lostUpdate).replace(
      '<main>',
      `<main><script>window.ran=1</script><img src="data:," onerror="window.ran=1"><p style="color:red">
      <a id="go" href="javascript:window.ran=1">x</a><img src="/loaded"><link rel="stylesheet" href="/loaded">`,
    );
    const { page, complaints, requests } = await open(html);
    await page.locator('#go').click();
    expect(await ran(page)).toBeUndefined();
    expect(requests).not.toContain('/loaded');
    expect(complaints.join('\n')).toMatch(/Content Security Policy/);
    // It is the policy that did it.
    const without = await open(html.replace(/<meta http-equiv="Content[^>]*>/, ''));
    expect(await ran(without.page)).toBe(1);
  });

  it('copies a command as it stands', async () => {
    const { page, complaints } = await open(htmlReport(samples.lostUpdate), {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByRole('button', { name: 'Copy' }).first().click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await page.locator('.curl').first().textContent());
    expect(copied).toContain('curl -i -X PATCH http://localhost:3000/tasks/');
    expect(complaints).toEqual([]);
  });

  it('can be read, and its checks chosen, without a script', async () => {
    const { page } = await open(htmlReport(samples.manyFailures), { javaScriptEnabled: false });
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.locator('.card[open] .curl').first().innerText()).toContain('curl -i');
    const rows = page.locator('.check:visible');
    expect(await rows.count()).toBe(samples.manyFailures.checks.length);
    await page.getByText('Failed 5').click();
    expect(await rows.count()).toBe(5);
    expect(await page.locator('.stage:visible h3').count()).toBe(4);
    await page.getByText('Passed 13').click();
    expect(await rows.count()).toBe(13);
  });

  it('can be walked through with the keyboard, and shows where one is', async () => {
    const { page } = await open(htmlReport(samples.outage));
    const focused = () =>
      page.evaluate(() => {
        const { outlineStyle } = getComputedStyle(document.activeElement!);
        return `${document.activeElement!.textContent!.trim().replace(/\s+/g, ' ').slice(0, 30)} ${outlineStyle}`;
      });
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
      return focused();
    };
    expect(await press('Tab')).toBe('Without its database the app a solid');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#check-database-cut');
    await page.locator('.request > summary').first().focus();
    await press('ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter');
    const second = page.locator('.request').nth(1);
    expect(await second.evaluate((details) => (details as HTMLDetailsElement).open)).toBe(true);
    expect(await press('End')).toMatch(/^GET \/tasks web\.2 while Postgre.* solid$/);
    expect(await press('ArrowDown')).toMatch(/^GET \/tasks web\.2 while Postgre/);
    await page.locator('#show-all').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.check:visible').count()).toBe(1);
    const ring = await page
      .locator('#show-failed + span')
      .evaluate((e) => getComputedStyle(e).outlineStyle);
    expect(ring).toBe('solid');
  });

  it('opens what a link leads to', async () => {
    const { page } = await open(htmlReport(samples.manyFailures));
    const card = page.locator('#check-kill-9');
    expect(await card.evaluate((details) => (details as HTMLDetailsElement).open)).toBe(false);
    await page.locator('a[href="#check-kill-9"]').click();
    await expect
      .poll(() => card.evaluate((details) => (details as HTMLDetailsElement).open))
      .toBe(true);
  });

  test.each([...reports, ['all of that, poisoned', poisoned(complete)]])(
    'of %s needs no scrolling sideways on a phone',
    async (_, report) => {
      const { page } = await open(htmlReport(report as Report), {
        viewport: { width: 360, height: 740 },
      });
      await openAll(page);
      const wide = await page.evaluate(() => {
        const room = document.documentElement.clientWidth;
        return [...document.querySelectorAll('body *')]
          .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > room + 1)
          .filter((e) => e.closest('.unseen, symbol, use') === null)
          .map((e) => `${e.tagName}.${e.getAttribute('class')}: ${e.textContent!.slice(0, 40)}`);
      });
      expect(wide).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    },
  );

  test.each(reports)('of %s stands out from its ground, light and dark', async (_, report) => {
    const { page } = await open(htmlReport(report));
    await openAll(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { texts, faint } = await page.evaluate(faintTexts, 4.5);
      expect(texts).toBeGreaterThan(50);
      expect(faint).toEqual([]);
    }
  });

  test.each([true, false])('is whole on paper (script: %s)', async (javaScriptEnabled) => {
    const { page } = await open(htmlReport(samples.manyFailures), {
      javaScriptEnabled,
      colorScheme: 'dark',
    });
    await page.emulateMedia({ media: 'print' });
    for (const inside of await page.locator('.card > .inside, .check .inside, .fold > div').all())
      expect((await inside.boundingBox())?.height).toBeGreaterThan(20);
    expect(await page.locator('button:visible, .filter:visible').count()).toBe(0);
    const ground = await page.locator('body').evaluate((e) => getComputedStyle(e).backgroundColor);
    expect(ground).toBe('rgb(255, 255, 255)');
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
  });

  it('is as it was after it was printed', async () => {
    const { page } = await open(htmlReport(samples.manyFailures));
    const folded = () => page.locator('details:not([open])').count();
    const before = await folded();
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await folded()).toBe(0);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await folded()).toBe(before);
    expect(before).toBeGreaterThan(4);
  });
});
