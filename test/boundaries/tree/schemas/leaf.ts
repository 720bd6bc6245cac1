export const schemas = null;
