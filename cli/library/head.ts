/** A file's identity, found without parsing it; empty where it says none at the head of a line. */
export function headOf(text: string): { readonly kind: string; readonly id: string } {
  const kind = /^kind:[ \t]*["']?(\w+)/m.exec(text)?.[1] ?? "";
  return { kind, id: /^id:[ \t]*["']?([\w-]+)/m.exec(text)?.[1] ?? "" };
}
