import { access, constants } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { which } from '../../src/platform/which.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Absolute path of this machine's Chromium: what `LABS_CHROMIUM` names, else from PATH. */
const program = await find();

async function find(): Promise<string | undefined> {
  const named = process.env['LABS_CHROMIUM'];
  if (named !== undefined) {
    await access(named, constants.X_OK);
    return named;
  }
  const found = await Promise.all(NAMES.map((name) => which(name, process.env, process.platform)));
  return found.find((path) => path !== undefined);
}

/** True where tests that need a browser are skipped. */
export const noBrowser = program === undefined;

/** The title of a suite, with the reason where it is skipped. */
export const inBrowser = (title: string) =>
  noBrowser ? `${title} (skipped: no ${NAMES.join(', ')} on PATH)` : title;

/** Only where there is one: close it when done. */
export function launchBrowser() {
  // Chromium's own sandbox does not work for root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: program!, args });
}
