export const controller = null;
