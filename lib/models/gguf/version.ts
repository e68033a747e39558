/** Goes up when a conversion's files change their meaning, so that what an earlier version wrote is written anew. */
export const CONVERSION_VERSION = 4;
