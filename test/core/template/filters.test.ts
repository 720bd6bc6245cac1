import { expect, test } from "vitest";
import { facts, findings, textOf } from "./support.ts";

const withName = (name: string) => ({ ...facts, contact: { ...facts.contact, name } });

test.each([
  // A date is the same day everywhere.
  ["{{ charge.due_on | date }}", "en-US", "America/Sao_Paulo", "March 2, 2026"],
  ["{{ charge.due_on | date }}", "pt-BR", "Pacific/Kiritimati", "2 de março de 2026"],
  ["{{ charge.due_on | date }}", "de", "America/Los_Angeles", "2. März 2026"],
  ["{{ charge.due_on | date('short') }}", "en-US", "UTC", "3/2/26"],
  ["{{ charge.due_on | date('short') }}", "pt-BR", "UTC", "02/03/2026"],
  ["{{ charge.due_on | date('medium') }}", "de", "UTC", "02.03.2026"],
  ["{{ charge.due_on | date('full') }}", "pt-BR", "UTC", "segunda-feira, 2 de março de 2026"],
  ["{{ charge.due_on | weekday }}", "en-US", "Pacific/Honolulu", "Monday"],
  ["{{ charge.due_on | weekday }}", "pt-BR", "UTC", "segunda-feira"],
  ["{{ charge.due_on | date('d LLL yyyy') }}", "en-US", "Pacific/Honolulu", "2 Mar 2026"],
  ["{{ charge.due_on | date(\"cccc 'the' d\") }}", "de", "UTC", "Montag the 2"],
  // An instant is shown in the contact's zone: this one lies half an hour before Berlin's clocks change.
  ["{{ appointment.starts_at | time }}", "de", "Europe/Berlin", "01:30"],
  ["{{ appointment.starts_at | time }}", "en-US", "America/New_York", "8:30 PM"],
  ["{{ appointment.starts_at | date }}", "en-US", "America/New_York", "March 28, 2026"],
  ["{{ appointment.starts_at | date('HH:mm ZZ') }}", "en-US", "Europe/Berlin", "01:30 +01:00"],
  [
    "{{ appointment.starts_at | datetime }}",
    "pt-BR",
    "America/Sao_Paulo",
    "28 de março de 2026 às 21:30",
  ],
  ["{{ appointment.starts_at | weekday }}", "de", "Europe/Berlin", "Sonntag"],
  // Numbers and money.
  ["{{ charge.amount | currency }}", "pt-BR", "UTC", "R$ 1.234,50"],
  ["{{ charge.amount | currency }}", "en-US", "UTC", "R$1,234.50"],
  ["{{ charge.amount | currency('EUR') }}", "de", "UTC", "1.234,50 €"],
  ["{{ charge.amount | currency('usd') }}", "en-US", "UTC", "$1,234.50"],
  ["{{ charge.amount | currency('JPY') }}", "en-US", "UTC", "¥1,235"],
  ["{{ charge.amount | currency(charge.currency) }}", "pt-BR", "UTC", "R$ 1.234,50"],
  ["{{ charge.amount | round | currency }}", "pt-BR", "UTC", "R$ 1.235,00"],
  ["{{ charge.amount | default(0) | currency }}", "pt-BR", "UTC", "R$ 1.234,50"],
  ["{{ (charge.amount * 2) | currency('BRL') }}", "pt-BR", "UTC", "R$ 2.469,00"],
  ["{{ deal.value | currency }}", "en-US", "UTC", "$10.00"],
  ["{{ charge.amount | number }}", "de", "UTC", "1.234,5"],
  ["{{ charge.amount | number(2) }}", "pt-BR", "UTC", "1.234,50"],
  ["{{ charge.amount | number(0) }}", "en-US", "UTC", "1,235"],
  ["{{ charge.amount }}", "de", "UTC", "1234.5"],
  // Letters follow the language too.
  ["{{ 'istanbul' | upper }}", "tr", "UTC", "İSTANBUL"],
  ["{{ 'istanbul' | upper }}", "en", "UTC", "ISTANBUL"],
])("%s in %s, %s", (source, language, zone, text) => {
  expect(textOf(source, { language, zone })).toBe(text);
});

test.each([
  ["2026-03-29T00:59:59Z", "01:59"],
  ["2026-03-29T01:00:00Z", "03:00"],
  ["2026-10-25T00:30:00Z", "02:30"],
  ["2026-10-25T01:30:00Z", "02:30"],
  ["2026-07-01T10:00:00+02:00", "10:00"],
])("shows %s as %s in Berlin, whatever the season", (starts_at, text) => {
  const data = { ...facts, appointment: { starts_at } };
  const options = { language: "de", zone: "Europe/Berlin" };
  expect(textOf("{{ appointment.starts_at | time }}", options, data)).toBe(text);
  expect(textOf("{{ appointment.starts_at | date('HH:mm') }}", options, data)).toBe(text);
});

/** A date that is none is left as it is: it would not be right to guess. */
test.each(["soon", "2026-02-30", "2026-03-02T10:00", "02/03/2026", "1772445600000"])(
  "leaves %s alone",
  (name) => {
    expect(textOf("{{ contact.name | date }}", { zone: "Asia/Tokyo" }, withName(name))).toBe(name);
  },
);

test("shows no time that a date does not have", () => {
  expect(textOf("{{ charge.due_on | date('time') }}")).toBe("2026-03-02");
  expect(textOf("{{ charge.due_on | date('d LLL HH:mm') }}")).toBe("2026-03-02");
  expect(textOf("{{ charge.due_on | time | default('all day') }}")).toBe("all day");
});

test.each([
  "",
  "x",
  "not a language",
  "-",
  "pt_BR_",
  "..",
  "zz",
  "a".repeat(5_000),
  "en-u-xx-",
  "__proto__",
])("takes the language %s for English", (language) => {
  const source = "{{ charge.due_on | date }} {{ 1.5 | number }} {{ 'a' | upper }}";
  expect(textOf(source, { language })).toBe("March 2, 2026 1.5 A");
});

test("reads a language that is written with an underscore", () => {
  expect(textOf("{{ 1.5 | number }}", { language: "pt_BR" })).toBe("1,5");
});

test.each(["", "Nowhere/City", "+02:00", "../etc", "Europe/Berlin\u0000"])(
  "takes the zone %s for UTC",
  (zone) => {
    const source = "{{ appointment.starts_at | time }} {{ appointment.starts_at | date('HH:mm') }}";
    expect(textOf(source, { zone, language: "de" })).toBe("00:30 00:30");
  },
);

test.each([
  ["ana maria", "title", "Ana Maria"],
  ["ANA MARIA", "title", "Ana Maria"],
  ["ana McDonald", "title", "Ana McDonald"],
  ["joão d'ávila", "title", "João D'ávila"],
  ["ana MARIA", "capitalize", "Ana maria"],
  ["Ana", "upper", "ANA"],
  ["ANA", "lower", "ana"],
  [" ana ", "trim", "ana"],
  ["  Ana  Maria ", "first_word", "Ana"],
  ["Ana", "first", "A"],
  ["Ana🎉", "last", "🎉"],
  ["🎉🎉", "length", "2"],
  ["a & b/ç", "urlencode", "a%20%26%20b%2F%C3%A7"],
  ["a\ud800", "urlencode", "a%EF%BF%BD"],
  ["one two three", "truncate(9)", "one two…"],
  ["one two three", "truncate(8)", "one two…"],
  ["one two three", "truncate(13)", "one two three"],
  ["onetwothree", "truncate(5)", "onet…"],
  ["onetwothree", "truncate(5, '...')", "on..."],
  ["🎉🎉🎉🎉", "truncate(3)", "🎉🎉…"],
  ["abc", "truncate(0)", "…"],
  ["a.b.c", "replace('.', '$&')", "a$&b$&c"],
  ["aaa", "replace('a', 'b')", "bbb"],
  ["Ana", "join", "Ana"],
  ["12.345", "round(2)", "12.35"],
  ["-3", "abs", "3"],
  ["1234.5", "number", "1,234.5"],
  ["1234.5", "currency('EUR')", "€1,234.50"],
  ["abc", "number", "abc"],
  ["abc", "round", "abc"],
  ["abc", "abs", "abc"],
  ["abc", "currency('EUR')", "abc"],
])("%s | %s", (name, filter, text) => {
  expect(textOf(`{{ contact.name | ${filter} }}`, {}, withName(name))).toBe(text);
});

test.each([
  ["{{ contact.custom.interests }}", "yoga, clay"],
  ["{{ contact.custom.interests | join(' and ') }}", "yoga and clay"],
  ["{{ contact.custom.interests | join('') }}", "yogaclay"],
  ["{{ contact.custom.interests | first }}", "yoga"],
  ["{{ contact.custom.interests | last | upper }}", "CLAY"],
  ["{{ contact.custom.interests | length }}", "2"],
  ["{{ contact.custom.interests | upper }}", "YOGA, CLAY"],
])("%s", (source, text) => {
  expect(textOf(source)).toBe(text);
});

test("writes a currency that is none behind the number", () => {
  const data = { ...facts, charge: { amount: 5, currency: "points" } };
  expect(textOf("{{ charge.amount | currency }}", {}, data)).toBe("5 points");
});

test.each([
  ["{{ contact.name | uper }}", "unknown-filter «uper»"],
  ["{{ contact.name | safe }}", "unknown-filter «safe»"],
  ["{{ contact.name | date.x }}", "unknown-filter «date»"],
  ["{{ contact.name | default }}", "template-syntax «default»"],
  ["{{ contact.name | default('a', 'b') }}", "template-syntax «default»"],
  ["{{ contact.name | default('a', true, 1) }}", "template-syntax «default»"],
  ["{{ contact.name | upper('a') }}", "template-syntax «upper»"],
  ["{{ contact.name | truncate }}", "template-syntax «truncate»"],
  ["{{ contact.name | truncate('a') }}", "template-syntax «'a'»"],
  ["{{ contact.name | truncate(99999) }}", "template-syntax «99999»"],
  ["{{ contact.name | truncate(5, 6) }}", "template-syntax «6»"],
  ["{{ contact.name | replace('a') }}", "template-syntax «replace»"],
  ["{{ contact.name | replace('', 'b') }}", "template-syntax «''»"],
  ["{{ contact.name | date(1) }}", "template-syntax «1»"],
  ["{{ contact.name | date(contact.email) }}", "template-forbidden «contact.email»"],
  ["{{ 5 | currency }}", "template-syntax «currency»"],
  ["{{ contact.name | currency }}", "template-syntax «currency»"],
  ["{{ 5 | currency('EURO') }}", "template-syntax «'EURO'»"],
  ["{{ 5 | currency('EUR' ~ 'O') }}", "template-syntax «'EUR' ~ 'O'»"],
])("finds what is wrong with %s", (source, finding) => {
  expect(findings(source)).toEqual([finding]);
});
