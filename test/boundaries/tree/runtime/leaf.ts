export const runtime = null;
