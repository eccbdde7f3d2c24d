import type Docker from 'dockerode';
import { environmentError, messageOf } from '../../../core/errors.ts';

/**
 * Keeps the files of a container as an image. Labels of the container that are not named stay.
 * @throws {LabsError} `environment`
 */
export async function commit(
  docker: Docker,
  container: string,
  { repo, tag }: { repo: string; tag: string },
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await docker.getContainer(container).commit({
      _query: { container, repo, tag, pause: false },
      _body: { Labels: labels },
    });
  } catch (error) {
    throw environmentError(`Docker could not keep the app's files: ${messageOf(error)}.`, {
      hint: 'See that its disk has room: docker system df.',
      cause: error,
    });
  }
}
