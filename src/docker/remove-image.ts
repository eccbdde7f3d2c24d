import type Docker from 'dockerode';
import { environmentError, messageOf } from '../core/errors.ts';

/**
 * Removes an image; one that is not there is no error.
 * @throws {LabsError} `environment`: the engine does not do it
 */
export async function removeImage(docker: Docker, name: string): Promise<void> {
  await docker
    .getImage(name)
    .remove({ force: true })
    .catch((error: unknown) => {
      const { statusCode } = error as { statusCode?: number };
      // 409: another is removing it.
      if (statusCode === 404 || statusCode === 409) return;
      throw environmentError(`The image ${name} was not removed: ${messageOf(error)}.`, {
        hint: `When the engine answers again: docker image rm --force ${name}, or labs clean.`,
        cause: error,
      });
    });
}
