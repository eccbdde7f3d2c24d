import { environmentError, messageOf } from '../../core/errors.ts';
import type { ServiceLink } from '../../kit/network.ts';

/** Ends the fault of a link. */
export async function mended(service: string, { faults }: ServiceLink<unknown>): Promise<void> {
  try {
    await faults.restore();
  } catch (cause) {
    // Another program took the port of the proxy while it refused connections.
    throw environmentError(`The app's way to ${service} is blocked: ${messageOf(cause)}.`, {
      hint: 'Grade again: another port is chosen.',
      cause,
    });
  }
}
