import { expect, test } from "vitest";
import { reachOf } from "../../../core/enrollment/index.ts";
import { facts } from "./fixtures.ts";

const inbound = "2026-03-02T09:00:00.000Z";
const conversation = { id: "cv1", inbox: "wa", status: "open", last_inbound_at: inbound };

test("a conversation beside the target is the contact's, as it is on a server", () => {
  const known = { id: "cv1", inbox: "wa", open: true, subject: null };
  const about = { ...facts, conversation };
  expect(reachOf(about, "charge")).toMatchObject({
    conversation: null,
    latestOpen: known,
    lastInbound: { wa: Date.parse(inbound) },
  });
  expect(reachOf(about, "conversation")).toMatchObject({ conversation: known, latestOpen: known });
});

test("a resolved one is no open one", () => {
  const about = { ...facts, conversation: { ...conversation, status: "resolved" } };
  expect(reachOf(about, "charge").latestOpen).toBeNull();
  expect(reachOf(about, "conversation").conversation).toMatchObject({ open: false });
});
