import segments from "sms-segments-calculator";
import { describe, expect, test } from "vitest";
import { smsLength } from "../../core/sms.ts";

describe("SMS segments", () => {
  test.each([
    ["", "GSM-7", 1, 0, 160],
    ["Hello", "GSM-7", 1, 5, 160],
    ["a".repeat(160), "GSM-7", 1, 160, 160],
    ["a".repeat(161), "GSM-7", 2, 161, 306],
    ["€".repeat(80), "GSM-7", 1, 160, 160],
    ["a".repeat(152) + "€".repeat(5), "GSM-7", 2, 162, 306],
    ["ç".repeat(70), "UCS-2", 1, 70, 70],
    ["ç".repeat(71), "UCS-2", 2, 71, 134],
    ["😀".repeat(35), "UCS-2", 1, 70, 70],
    ["😀".repeat(36), "UCS-2", 2, 72, 134],
  ] as const)("%s", (text, encoding, count, units, capacity) => {
    expect(smsLength(text)).toMatchObject({ encoding, segments: count, units, capacity });
  });

  test("names what forces UCS-2, each once", () => {
    expect(smsLength("ação não").forcedBy).toEqual(["ç", "ã"]);
    expect(smsLength("tick ` and ’").forcedBy).toEqual(["`", "’"]);
    expect(smsLength("Ça va, señor à Ω {ok}").forcedBy).toEqual([]);
  });

  test("counts as an independent counter does", () => {
    const alphabet = Array.from("abc déñ€^[]{}çã’`\n😀Ω ");
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 300; round++) {
      const letters = round % 2 === 0 ? alphabet.slice(0, 15) : alphabet;
      const text = Array.from({ length: next(400) }, () => letters[next(letters.length)]).join("");
      const theirs = new segments.SegmentedMessage(text);
      const ours = smsLength(text);
      expect([ours.encoding, ours.segments], text).toEqual([
        theirs.encodingName,
        Math.max(1, theirs.segmentsCount),
      ]);
    }
  });
});
