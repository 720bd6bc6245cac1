/** Whether JSON gives the value back as it is: YAML knows `.inf`, `.nan` and `-0`, which JSON does not. */
export function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isPlain);
      return (
        Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain)
      );
    default:
      return false;
  }
}
