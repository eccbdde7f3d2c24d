/** Where the workspace is in a container. */
export const WORKSPACE = '/app';
/** The user's home, whatever the image calls its users. */
export const HOME = '/home/labs';

/** As entries of an archive that is unpacked at the root begin. */
export const inArchive = (directory: string): string => `${directory.slice(1)}/`;
