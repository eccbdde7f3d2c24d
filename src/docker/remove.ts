import type Docker from 'dockerode';
import { environmentError, messageOf } from '../core/errors.ts';

/**
 * Kills and removes a container and its volumes; settles when it is gone. One that is not there is
 * no error.
 * @throws {LabsError} `environment`: the engine does not do it
 */
export async function removeContainer(docker: Docker, nameOrId: string): Promise<void> {
  const container = docker.getContainer(nameOrId);
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404) return;
    // Somebody else is removing it.
    if (statusCode === 409)
      return void (await container.wait({ condition: 'removed' }).catch(() => {}));
    throw environmentError(`The container ${nameOrId} was not removed: ${messageOf(error)}.`, {
      hint: `When the engine answers again: docker rm --force --volumes ${nameOrId}, or labs clean.`,
      cause: error,
    });
  }
}
