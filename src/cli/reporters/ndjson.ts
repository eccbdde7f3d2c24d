import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { createNdjsonReporter } from '../../reporters/ndjson.ts';
import type { Reporter } from '../../reporters/port.ts';
import type { ReporterContext } from './table.ts';

/** A file grows while the run goes on, so that it can be followed. */
export async function makeNdjson({ host, file }: ReporterContext): Promise<Reporter> {
  if (file === undefined) return createNdjsonReporter({ write: (line) => host.stdout.write(line) });
  await mkdir(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  const done = finished(stream);
  // Heard of at the end; until then nothing may go unhandled.
  done.catch(() => {});
  return createNdjsonReporter({
    write: (line) => void stream.write(line),
    close: () => {
      stream.end();
      return done;
    },
  });
}
