import { describe, expect, it } from "vitest";
import { decodeSource, MAX_FILE_BYTES } from "../../../core/language/decode.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a file's bytes", () => {
  it("become its text", () => {
    const { file, diagnostic } = decodeSource("a.yaml", bytes("name: Ärzte 🎉\n"));
    expect(file).toEqual({ path: "a.yaml", text: "name: Ärzte 🎉\n" });
    expect(diagnostic).toBeNull();
  });

  it.each([
    ["no regular file", null, "links and submodules"],
    ["too big", new Uint8Array(MAX_FILE_BYTES + 1), "1000001 bytes"],
    ["Latin-1", Uint8Array.of(0x4d, 0xfc, 0x6c), "UTF-8"],
    ["cut in the middle of a character", Uint8Array.of(0xf0, 0x9f), "UTF-8"],
    ["half a character", Uint8Array.of(0xed, 0xa0, 0x80), "UTF-8"],
    ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x6b, 0x00), "UTF-8"],
  ])("are refused where they are %s", (_, given, reason) => {
    const { file, diagnostic } = decodeSource("a.yaml", given);
    expect(file).toBeNull();
    expect(diagnostic).toMatchObject({ rule: "unreadable-file", file: "a.yaml", line: 1 });
    expect(diagnostic?.message).toContain(reason);
  });
});
