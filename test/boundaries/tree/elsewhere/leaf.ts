export const elsewhere = null;
