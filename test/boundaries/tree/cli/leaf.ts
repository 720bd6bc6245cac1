export const cli = null;
