/**
 * Somebody new and a charge of theirs, with about as many fields as an application sends.
 * @param name tells one row from another
 */
export function enrollmentOf(name: string, sequence: string) {
  const charge = {
    number: `A-${name}`,
    amount: 42.5,
    currency: "EUR",
    due_on: "2099-04-01",
    status: "pending",
    payment_url: `https://pay.example.com/${name}`,
  };
  const contact = {
    id: `c-${name}`,
    first_name: "Ana",
    last_name: "Lima",
    email: `${name}@example.com`,
    timezone: "Europe/Lisbon",
    language: "en",
  };
  return { sequence, target: { type: "charge", id: `ch-${name}` }, contact, data: charge };
}
