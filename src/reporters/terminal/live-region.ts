import { createLogUpdate } from 'log-update';
import type { Screen } from './screen.ts';

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

/** The last lines of a terminal, redrawn in place; each draw is one write, so nothing flickers. */
export interface LiveRegion {
  /** Puts the permanent lines above the region, and the frame in its place. */
  draw(permanent: readonly string[], frame: readonly string[]): void;
  /** Takes the region away and gives the cursor back; may be called again. */
  close(permanent: readonly string[]): void;
}

export function openLiveRegion(screen: Screen): LiveRegion {
  let pending = HIDE_CURSOR;
  let closed = false;
  const stream = {
    isTTY: true,
    get columns() {
      return screen.columns;
    },
    write(text: string) {
      pending += text;
      return true;
    },
  };
  // Its own way to hide the cursor looks at standard error, whatever the stream.
  const update = createLogUpdate(stream as unknown as NodeJS.WritableStream, { showCursor: true });
  const keep = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    // Not `persist`: that wraps, which is slow where an app logs much, and moves words.
    update.clear();
    pending += lines.map((line) => `${line}\n`).join('');
  };
  const flush = () => {
    const text = pending;
    pending = '';
    if (text !== '') screen.write(text);
  };
  return {
    draw(permanent, frame) {
      if (closed) return;
      keep(permanent);
      if (frame.length === 0) update.clear();
      else update(frame.join('\n'));
      flush();
    },
    close(permanent) {
      if (closed) return;
      closed = true;
      update.clear();
      keep(permanent);
      update.done();
      pending += SHOW_CURSOR;
      flush();
    },
  };
}
