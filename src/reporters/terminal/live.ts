import type { RunEvent } from '../../core/event.ts';
import { frameLines } from './frame.ts';
import { openLiveRegion } from './live-region.ts';
import { createPage } from './page.ts';
import { permanentLine } from './permanent.ts';
import { trackRun } from './run-state.ts';
import type { Screen } from './screen.ts';
import type { View } from './view.ts';

/** Twelve frames a second: enough for a spinner to look alive. */
const FRAME_MS = 80;

interface LiveOptions {
  unicode: boolean;
  log: boolean;
  now: () => number;
}

/** What runs, in a small region at the bottom of a terminal; what is done, in lines above it. */
export function createLiveView(screen: Screen, { unicode, log, now }: LiveOptions): View {
  const state = trackRun(now);
  const region = openLiveRegion(screen);
  let permanent: string[] = [];
  let tick = 0;
  let failure: { error: unknown } | undefined;
  const timer = setInterval(() => {
    tick++;
    try {
      draw();
    } catch (error) {
      // Thrown from a timer it would end the process, and the grade with it.
      clearInterval(timer);
      failure = { error };
    }
  }, FRAME_MS);
  timer.unref();

  function draw(): void {
    const page = currentPage();
    const columns = Math.min(page.width, screen.columns - 1);
    const lines = permanent;
    permanent = [];
    region.draw(lines, frameLines(state, page, columns, { now: now(), tick }));
  }

  function currentPage() {
    return createPage({ width: screen.columns, colors: screen.colors, unicode });
  }

  return {
    onEvent(event: RunEvent) {
      if (failure !== undefined) throw failure.error;
      if (event.type === 'log' && !log) return;
      state.apply(event);
      const line = permanentLine(event, currentPage(), {
        checks: false,
        log,
        columns: screen.columns,
      });
      if (line !== undefined) permanent.push(line);
      // Everything else waits for the next frame, however many events come.
      if (event.type === 'step:finished' || event.type === 'run:started') draw();
    },
    close() {
      clearInterval(timer);
      region.close(permanent);
      permanent = [];
    },
  };
}
