export const store = null;
