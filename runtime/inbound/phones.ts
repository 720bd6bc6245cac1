/** Digits as providers write them, or a number in any form with its country code, as E.164. */
export function e164(text: string | undefined): string | null {
  const digits = (text ?? "").replace(/^whatsapp:/i, "").replace(/[\s().-]/g, "");
  return /^\+?[1-9]\d{6,14}$/.test(digits) ? `+${digits.replace("+", "")}` : null;
}

/**
 * The forms under which the same person's number may be known. WhatsApp keeps the number that an account
 * was made with: Brazil's mobile numbers without their ninth digit, Mexico's and Argentina's with or
 * without the digit that calls from abroad once needed.
 * @param phone E.164
 */
export function phoneVariants(phone: string): string[] {
  const other = otherForm(phone);
  return other === null ? [phone] : [phone, other];
}

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^\+55(\d\d)9([6-9]\d{7})$/, "+55$1$2"],
  [/^\+55(?<area>\d\d)(?<number>[6-9]\d{7})$/, "+55$<area>9$<number>"],
  [/^\+521(\d{10})$/, "+52$1"],
  [/^\+52(\d{10})$/, "+521$1"],
  [/^\+549(\d{10})$/, "+54$1"],
  [/^\+54(\d{10})$/, "+549$1"],
];

function otherForm(phone: string): string | null {
  for (const [form, other] of FORMS) {
    if (form.test(phone)) return phone.replace(form, other);
  }
  return null;
}
