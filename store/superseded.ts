/** What was worked out rests on what holds no more: to be done again, as after a serialization failure. */
export class Superseded extends Error {
  override readonly name = "Superseded";
  readonly code = "40001";
}

/**
 * Handles the failure of a statement that saw nothing in its way, and whose index had to wait for a rival's row:
 * asked again, it sees it.
 * @param constraint the unique index
 */
export function supersededBy(constraint: string): (error: unknown) => never {
  return (error) => {
    if ((error as { readonly constraint?: string }).constraint !== constraint) throw error;
    throw new Superseded(`Another transaction was first (${constraint})`, { cause: error });
  };
}
