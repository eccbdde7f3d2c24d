import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { freshFile } from '../../platform/atomic-file.ts';
import { firstLines } from '../../reporters/first-lines.ts';
import { createNdjsonReporter } from '../../reporters/ndjson.ts';
import type { Reporter } from '../../reporters/port.ts';
import type { ReporterContext } from './table.ts';

/** A file grows while the run goes on, so that it can be followed. */
export async function makeNdjson({ host, file }: ReporterContext): Promise<Reporter> {
  const reporter =
    file === undefined
      ? createNdjsonReporter({ write: (line) => host.stdout.write(line) })
      : await inFile(file);
  return firstLines(reporter);
}

async function inFile(file: string): Promise<Reporter> {
  let stream: Writable;
  try {
    stream = (await freshFile(file)).createWriteStream();
  } catch (error) {
    // Told by the first event, so that it costs this reporter and not the grade.
    return createNdjsonReporter({
      write: () => {
        throw error;
      },
    });
  }
  const done = finished(stream);
  // Heard of at the end; until then nothing may go unhandled.
  done.catch(() => {});
  return createNdjsonReporter({
    // Not waited for: the events of a run are bounded, however much an app writes.
    write: (line) => void stream.write(line),
    close: () => {
      stream.end();
      return done;
    },
  });
}
