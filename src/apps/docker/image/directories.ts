/** Where the workspace is in a container. */
export const WORKSPACE = '/app';
/** The user's home, whatever the image calls its users. */
export const HOME = '/home/labs';
