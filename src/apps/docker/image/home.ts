import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { packEntries } from '../context/pack.ts';
import { USER } from '../sandbox/profile.ts';
import { HOME, inArchive } from './directories.ts';

export const CERTIFICATES = 'ca.pem';
/** By which this machine's user says whom to trust. */
const SOURCES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'PIP_CERT'];

type Environment = Readonly<Record<string, string | undefined>>;

/** The home directory of the sandbox's user, with what lies in it by name. */
export function homeFiles(contents: Readonly<Record<string, Buffer | undefined>>): Readable {
  const files = Object.entries(contents).flatMap(([path, content]) =>
    content === undefined ? [] : [{ path, content }],
  );
  return packEntries(files, { ...USER, prefix: inArchive(HOME) });
}

/** Authorities that this machine trusts besides the usual ones: a registry may be behind one. */
export async function extraCertificates(env: Environment): Promise<Buffer | undefined> {
  const file = SOURCES.map((name) => env[name]).find((value) => value);
  return file === undefined ? undefined : readFile(file).catch(() => undefined);
}

export function certificateVariables(): Record<string, string> {
  const file = `${HOME}/${CERTIFICATES}`;
  return { NODE_EXTRA_CA_CERTS: file, PIP_CERT: file };
}
