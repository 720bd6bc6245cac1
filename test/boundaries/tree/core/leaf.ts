export const core = null;
