import { ExitCode } from '../../../core/errors.ts';
import type { Host } from '../../../platform/host.ts';
import { imagesTable } from './rows.ts';
import { type ImagesOptions, openSetting } from './setting.ts';

/** Shows what the labs need, without getting any of it. */
export async function listCommand(options: ImagesOptions, host: Host): Promise<number> {
  await using setting = await openSetting(options, host);
  const rows = setting.stock.map((stocked) => ({
    ...stocked,
    state: stocked.size === undefined ? 'missing' : 'there',
  }));
  const missing = rows.filter(({ state }) => state === 'missing').length;
  host.stdout.write(imagesTable(rows, host.stdout));
  host.stdout.write(
    missing === 0
      ? '\nAll is there: grading in Docker needs no network.\n'
      : `\n${missing} of ${rows.length} missing: \`labs images pull\` gets them.\n`,
  );
  return ExitCode.passed;
}
