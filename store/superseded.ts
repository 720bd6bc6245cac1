/** What was worked out rests on what holds no more: to be done again, as after a serialization failure. */
export class Superseded extends Error {
  override readonly name = "Superseded";
  readonly code = "40001";
}
