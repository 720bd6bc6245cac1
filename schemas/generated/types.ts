// Made from schemas/*.schema.json by `npm run generate`. Do not edit.

/**
 * Any Cadenza file. The `kind` decides which.
 */
export type ResourceFile =
  | WorkspaceFile
  | InboxFile
  | CustomAttributeFile
  | MessageTemplateFile
  | WhatsAppTemplateFile
  | SequenceFile
  | PersonaFile
  | SequenceTemplateFile
  | SequenceTestFile;
/**
 * Whose zone governs waits, `at` and hours. A contact without a known zone falls back to the workspace's.
 */
export type Zone = "workspace" | "contact";
/**
 * A day of the week.
 */
export type Day = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
/**
 * A way to reach a person.
 */
export type Channel = "email" | "sms" | "whatsapp";
/**
 * What happens to a message whose variable is blank; it is never sent blank. `hold` waits for the data, visibly; `skip` goes on to the next step; `fail` fails the step.
 */
export type OnBlank = "hold" | "skip" | "fail";
/**
 * `required`: marketing goes only to contacts who have agreed to it.
 */
export type Consent = "none" | "required";
export type LintSeverity = "error" | "warning" | "off";
/**
 * A way out: one sender on one channel. It is live policy, like the workspace.
 */
export type InboxFile = SMTPInbox | TwilioInbox | MetaInbox | WhatsAppWebInbox | OutboxInbox;
/**
 * What to do with a message whose sending a crash cut off. `hold` waits until someone settles it; `resend` risks that it arrives twice.
 */
export type OnUnknown = "hold" | "resend";
/**
 * What the attribute belongs to.
 */
export type AttributeEntity = "contact" | "conversation" | "deal" | "appointment" | "charge";
/**
 * The type of its values. It cannot change once it is published.
 */
export type AttributeType =
  "text" | "number" | "boolean" | "date" | "datetime" | "list" | "link" | "currency";
/**
 * The values it may take.
 *
 * @minItems 1
 */
export type AttributeOptions = string[];
/**
 * Content that several steps can use, by `content: { message: <id> }`. A change makes a new version of each sequence that uses it.
 */
export type MessageTemplateFile = TextMessageTemplate | RichMessageTemplate;
/**
 * Buttons under the message. SMS shows links as text.
 *
 * @maxItems 10
 */
export type Buttons = Button[];
/**
 * Files sent along.
 *
 * @maxItems 10
 */
export type Attachments = Attachment[];
/**
 * The category that it was approved in.
 */
export type WhatsAppCategory = "marketing" | "utility" | "authentication";
/**
 * `transactional` concerns something the contact has with you. `marketing` needs a way to unsubscribe, and consent where the workspace asks for it.
 */
export type Purpose = "transactional" | "marketing";
/**
 * What is enrolled. Its fields, and its contact's, are the variables here.
 */
export type Target = "contact" | "conversation" | "deal" | "appointment" | "charge";
/**
 * `after_end`: again once the last enrollment has ended, however it ended. `never`: once only.
 */
export type Reenroll = "never" | "after_end";
/**
 * At most one live enrollment for each target, or for each contact.
 */
export type OnePer = "target" | "contact";
/**
 * What enrolls a target by itself. Services can always enroll over HTTP.
 */
export type Triggers = (EventTrigger | InactivityTrigger)[];
/**
 * What to do with a step whose time has gone by when it is scheduled.
 */
export type IfPast = "skip" | "send";
/**
 * `automatic`: the open conversation if it can be used, else the workspace's order. `same_conversation`: the target's conversation, in its thread.
 */
export type StepChannel = "automatic" | "same_conversation" | "email" | "sms" | "whatsapp";
/**
 * `static` sends the text below. `ai_assisted` drafts one that a person approves. `ai_full` composes and sends within guard rails. The static text is always the fallback.
 */
export type Compose = "static" | "ai_assisted" | "ai_full";
/**
 * What to do when nothing worked.
 */
export type Then = "continue" | "exit";
/**
 * Plain text. On email it becomes text and simple HTML.
 */
export type Text = string;
/**
 * What fills the template's placeholders: a list for `{{1}}`, `{{2}}`, a map for named ones.
 */
export type Parameters = PositionalParameters | NamedParameters;
export type PositionalParameters = string[];
/**
 * The messages, in order.
 *
 * @minItems 1
 * @maxItems 200
 */
export type Steps = Step[];
export type CustomValue = string | number | boolean | string[] | null;
/**
 * What may be filled in. `duration`: `2 days`; `time`: `09:30`; `link`: an https address; `choice`: one of `options`.
 */
export type ParameterType =
  "text" | "number" | "boolean" | "date" | "duration" | "time" | "link" | "choice";
/**
 * `reply`: the contact answers in the conversation. `opt_out`: they opt out. `resolve`: the conversation is resolved. `set`: data changes, as `set` says.
 */
export type ScenarioEvent = "reply" | "opt_out" | "resolve" | "set";
/**
 * A way to reach a person.
 */
export type Channel1 = "email" | "sms" | "whatsapp";
/**
 * How the enrollment stands at the end; `active` only where `until` stops the clock.
 */
export type ExpectedState = "active" | "held" | "completed" | "exited" | "failed";

/**
 * `cadenza.yaml`, once, at the root: who is writing and when it may be said. It is live policy: a change applies at once to everyone.
 */
export interface WorkspaceFile {
  /**
   * What this file is.
   */
  kind: "Workspace";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id?: string;
  /**
   * The workspace's name.
   */
  name: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The workspace's IANA time zone.
   */
  timezone: string;
  zone?: Zone;
  business_days?: BusinessDays;
  quiet_hours?: QuietHours;
  send_hours?: SendHours;
  channels?: ChannelSettings;
  frequency_cap?: FrequencyCap;
  sender?: Sender;
  /**
   * Email addresses of those who may approve drafts.
   *
   * Items: An email address.
   */
  approvers?: string[];
  /**
   * A commit that retires more sequences than this stalls until someone acknowledges it.
   */
  retire_guard?: number;
  retention?: Retention;
  on_blank?: OnBlank;
  consent?: Consent;
  lint?: LintSeverities;
}
/**
 * Which days count as business days.
 */
export interface BusinessDays {
  /**
   * The business days of the week.
   *
   * @minItems 1
   */
  week?: Day[];
  holidays?: Holidays;
}
/**
 * Days off. Public holidays come from a country and region; add and remove days of your own.
 */
export interface Holidays {
  /**
   * ISO 3166 country whose public holidays are days off.
   */
  country?: string;
  /**
   * State or region within the country.
   */
  region?: string;
  /**
   * More days off.
   *
   * Items: A date, `YYYY-MM-DD`.
   */
  extra?: string[];
  /**
   * Public holidays on which you work.
   *
   * Items: A date, `YYYY-MM-DD`.
   */
  working?: string[];
}
/**
 * No message is sent in these hours of any day; what falls due waits for their end. For more, use `send_hours` instead.
 */
export interface QuietHours {
  /**
   * A local time, `HH:MM`, 24 hours. Quote it.
   */
  from: string;
  /**
   * A local time, `HH:MM`, 24 hours. Quote it.
   */
  to: string;
}
/**
 * When messages may be sent, by day or range of days; a day that is missing is closed. `holidays` applies on days off. Use this or `quiet_hours`.
 */
export interface SendHours {
  /**
   * `HH:MM-HH:MM`, several separated by commas or in a list, or `closed`.
   */
  [k: string]: string | string[];
}
/**
 * Order of preference, and each channel's default inbox.
 */
export interface ChannelSettings {
  /**
   * Order in which `channel: automatic` tries the channels.
   *
   * @minItems 1
   */
  automatic?: Channel[];
  /**
   * Id of the default inbox for email.
   */
  email?: string;
  /**
   * Id of the default inbox for SMS.
   */
  sms?: string;
  /**
   * Id of the default inbox for WhatsApp.
   */
  whatsapp?: string;
}
/**
 * The most marketing messages that one contact gets in a stretch of time. More are postponed, never dropped.
 */
export interface FrequencyCap {
  /**
   * How many messages.
   */
  messages: number;
  /**
   * A length of time: `<n> minutes | hours | days | business days`.
   */
  per: string;
}
/**
 * Who is writing: `{{ workspace.name }}` and `{{ workspace.address }}`.
 */
export interface Sender {
  /**
   * The name that messages are signed with. Default: the workspace's name.
   */
  name?: string;
  /**
   * Postal address, which marketing mail must show in many countries.
   */
  address?: string;
}
/**
 * How long each class of data is kept. What is not named is kept.
 */
export interface Retention {
  /**
   * A length of time: `<n> minutes | hours | days | business days`.
   */
  messages?: string;
  /**
   * A length of time: `<n> minutes | hours | days | business days`.
   */
  history?: string;
  /**
   * A length of time: `<n> minutes | hours | days | business days`.
   */
  contacts?: string;
  /**
   * A length of time: `<n> minutes | hours | days | business days`.
   */
  events?: string;
  /**
   * A length of time: `<n> minutes | hours | days | business days`.
   */
  audit?: string;
}
/**
 * Severity of single lint rules, by the rule's name.
 */
export interface LintSeverities {
  [k: string]: LintSeverity;
}
/**
 * Email through an SMTP server.
 */
export interface SMTPInbox {
  /**
   * What this file is.
   */
  kind: "Inbox";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The channel that this inbox serves.
   */
  channel: "email";
  /**
   * Who carries the messages: `smtp`, `twilio`, `meta`, `whatsapp_web`, or `outbox`, which keeps them locally.
   */
  provider: "smtp";
  /**
   * The sender: an address, or a name and an address.
   */
  from: string;
  /**
   * The server's name. It must be on the server's allow-list, `CADENZA_ALLOWED_HOSTS`.
   */
  host?: string;
  /**
   * The server's port: 465 with TLS from the start, 587 with STARTTLS.
   */
  port?: number;
  /**
   * TLS from the start. Default: on port 465 only; elsewhere the connection is upgraded by STARTTLS.
   */
  secure?: boolean;
  credentials?: SMTPCredentials;
  rate_limit?: RateLimit;
  /**
   * The most messages handed to the provider at one time; also the most that a crash can leave unknown.
   */
  concurrency?: number;
  on_unknown?: OnUnknown;
}
/**
 * References to secrets, never the secrets: `${env:CADENZA_SECRET_…}` or `${file:NAME}`.
 */
export interface SMTPCredentials {
  /**
   * User name.
   */
  user?: string;
  /**
   * Password.
   */
  password?: string;
  /**
   * The server's name, where it is kept with the secrets.
   */
  host?: string;
  /**
   * The server's port, where it is kept with the secrets.
   */
  port?: string;
  /**
   * The secret that proves who hands mails and bounces in, at `/webhooks/email/<id>`.
   */
  webhook_secret?: string;
}
/**
 * The most messages that this inbox sends in a stretch of time.
 */
export interface RateLimit {
  /**
   * How many messages.
   */
  messages: number;
  /**
   * A length of time: `<n> minutes | hours | days | business days`.
   */
  per: string;
}
/**
 * SMS or WhatsApp through Twilio.
 */
export interface TwilioInbox {
  /**
   * What this file is.
   */
  kind: "Inbox";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The channel that this inbox serves.
   */
  channel: "sms" | "whatsapp";
  /**
   * Who carries the messages: `smtp`, `twilio`, `meta`, `whatsapp_web`, or `outbox`, which keeps them locally.
   */
  provider: "twilio";
  /**
   * The sending number in E.164. Not needed with a messaging service.
   */
  from?: string;
  credentials?: TwilioCredentials;
  rate_limit?: RateLimit;
  /**
   * The most messages handed to the provider at one time; also the most that a crash can leave unknown.
   */
  concurrency?: number;
  on_unknown?: OnUnknown;
}
/**
 * References to secrets, never the secrets: `${env:CADENZA_SECRET_…}` or `${file:NAME}`.
 */
export interface TwilioCredentials {
  /**
   * Account SID, `AC…`.
   */
  account_sid?: string;
  /**
   * Auth token. It also verifies callbacks.
   */
  auth_token?: string;
  /**
   * Messaging service SID, `MG…`, instead of `from`.
   */
  messaging_service_sid?: string;
}
/**
 * WhatsApp through Meta's Cloud API.
 */
export interface MetaInbox {
  /**
   * What this file is.
   */
  kind: "Inbox";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The channel that this inbox serves.
   */
  channel: "whatsapp";
  /**
   * Who carries the messages: `smtp`, `twilio`, `meta`, `whatsapp_web`, or `outbox`, which keeps them locally.
   */
  provider: "meta";
  /**
   * The sending number in E.164, as people see it.
   */
  from?: string;
  credentials?: MetaCredentials;
  rate_limit?: RateLimit;
  /**
   * The most messages handed to the provider at one time; also the most that a crash can leave unknown.
   */
  concurrency?: number;
  on_unknown?: OnUnknown;
}
/**
 * References to secrets, never the secrets: `${env:CADENZA_SECRET_…}` or `${file:NAME}`.
 */
export interface MetaCredentials {
  /**
   * System user access token.
   */
  access_token?: string;
  /**
   * Phone number id.
   */
  phone_number_id?: string;
  /**
   * App secret. It verifies webhooks.
   */
  app_secret?: string;
  /**
   * The token that you chose for the webhook's set-up.
   */
  verify_token?: string;
}
/**
 * WhatsApp through a linked device. It has no 24-hour window.
 */
export interface WhatsAppWebInbox {
  /**
   * What this file is.
   */
  kind: "Inbox";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The channel that this inbox serves.
   */
  channel: "whatsapp";
  /**
   * Who carries the messages: `smtp`, `twilio`, `meta`, `whatsapp_web`, or `outbox`, which keeps them locally.
   */
  provider: "whatsapp_web";
  /**
   * The sending number in E.164, as people see it.
   */
  from?: string;
  /**
   * The bridge's HTTPS address. Its host must be on the server's allow-list, `CADENZA_ALLOWED_HOSTS`.
   */
  url?: string;
  credentials?: WhatsAppWebCredentials;
  rate_limit?: RateLimit;
  /**
   * The most messages handed to the provider at one time; also the most that a crash can leave unknown.
   */
  concurrency?: number;
  on_unknown?: OnUnknown;
}
/**
 * References to secrets, never the secrets: `${env:CADENZA_SECRET_…}` or `${file:NAME}`.
 */
export interface WhatsAppWebCredentials {
  /**
   * The bridge's API token.
   */
  token?: string;
  /**
   * The secret that verifies the bridge's webhooks.
   */
  webhook_secret?: string;
}
/**
 * Keeps messages locally, in files and in the console. Nothing leaves the machine.
 */
export interface OutboxInbox {
  /**
   * What this file is.
   */
  kind: "Inbox";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  channel: Channel;
  /**
   * Who carries the messages: `smtp`, `twilio`, `meta`, `whatsapp_web`, or `outbox`, which keeps them locally.
   */
  provider: "outbox";
  /**
   * The sender that messages show.
   */
  from?: string;
  rate_limit?: RateLimit;
  /**
   * The most messages handed to the provider at one time; also the most that a crash can leave unknown.
   */
  concurrency?: number;
  on_unknown?: OnUnknown;
}
/**
 * A field of your own. It is created on reconcile when it is missing, and never dropped.
 */
export interface CustomAttributeFile {
  /**
   * What this file is.
   */
  kind: "CustomAttribute";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  entity: AttributeEntity;
  /**
   * The attribute's name: read as `<entity>.custom.<key>`.
   */
  key: string;
  type: AttributeType;
  options?: AttributeOptions;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The ready-made template that this file was made from. For readers only; nothing is inherited.
   */
  made_from?: string;
}
/**
 * Plain text. On email it becomes text and simple HTML.
 */
export interface TextMessageTemplate {
  /**
   * What this file is.
   */
  kind: "MessageTemplate";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * `text` or `rich`; text is the default.
   */
  type?: "text";
  /**
   * The subject line. Used on email only, and required where a step can reach email.
   */
  subject?: string;
  /**
   * The text. Variables are written `{{ contact.first_name | default("there") }}`.
   */
  body?: string;
  channels?: ChannelWordings;
  languages?: LanguageWordings;
}
/**
 * Other wordings for single channels, for instance a short one for SMS.
 */
export interface ChannelWordings {
  email?: Wording;
  sms?: Wording;
  whatsapp?: Wording;
}
/**
 * Replaces the parts it names; what it leaves out stays as it was.
 */
export interface Wording {
  /**
   * The subject line. Used on email only, and required where a step can reach email.
   */
  subject?: string;
  /**
   * The text. Variables are written `{{ contact.first_name | default("there") }}`.
   */
  body?: string;
}
/**
 * Other wordings by language tag. The contact's language is chosen first, then the channel, then the base.
 */
export interface LanguageWordings {
  [k: string]: LanguageWording;
}
/**
 * This interface was referenced by `LanguageWordings`'s JSON-Schema definition
 * via the `patternProperty` "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$".
 */
export interface LanguageWording {
  /**
   * The subject line. Used on email only, and required where a step can reach email.
   */
  subject?: string;
  /**
   * The text. Variables are written `{{ contact.first_name | default("there") }}`.
   */
  body?: string;
  channels?: ChannelWordings;
}
/**
 * Markdown with buttons and attachments, shown as well as each channel can.
 */
export interface RichMessageTemplate {
  /**
   * What this file is.
   */
  kind: "MessageTemplate";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * `text` or `rich`; text is the default.
   */
  type: "rich";
  /**
   * The subject line. Used on email only, and required where a step can reach email.
   */
  subject?: string;
  /**
   * The text as Markdown: HTML and plain text on email, WhatsApp's own marks there, plain text on SMS.
   */
  markdown: string;
  buttons?: Buttons;
  attachments?: Attachments;
  channels?: RichChannelWordings;
  languages?: RichLanguageWordings;
}
/**
 * A button under the message: a link, or a ready reply.
 */
export interface Button {
  /**
   * What the button says.
   */
  text: string;
  /**
   * The link that it opens.
   */
  url?: string;
  /**
   * What is sent back when it is pressed.
   */
  reply?: string;
}
/**
 * A file sent along: an attachment on email, media on WhatsApp, a link on SMS.
 */
export interface Attachment {
  /**
   * Where the file is: an HTTPS address.
   */
  url: string;
  /**
   * The file's name.
   */
  name?: string;
}
/**
 * Other wordings for single channels, for instance a short one for SMS.
 */
export interface RichChannelWordings {
  email?: RichWording;
  sms?: RichWording;
  whatsapp?: RichWording;
}
/**
 * Replaces the parts it names; what it leaves out stays as it was.
 */
export interface RichWording {
  /**
   * The subject line. Used on email only, and required where a step can reach email.
   */
  subject?: string;
  /**
   * The text as Markdown: HTML and plain text on email, WhatsApp's own marks there, plain text on SMS.
   */
  markdown?: string;
}
/**
 * Other wordings by language tag. The contact's language is chosen first, then the channel, then the base.
 */
export interface RichLanguageWordings {
  [k: string]: RichLanguageWording;
}
/**
 * This interface was referenced by `RichLanguageWordings`'s JSON-Schema definition
 * via the `patternProperty` "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$".
 */
export interface RichLanguageWording {
  /**
   * The subject line. Used on email only, and required where a step can reach email.
   */
  subject?: string;
  /**
   * The text as Markdown: HTML and plain text on email, WhatsApp's own marks there, plain text on SMS.
   */
  markdown?: string;
  channels?: RichChannelWordings;
}
/**
 * A template that WhatsApp has approved, as it was approved. It may be sent at any time; free text only within 24 hours of the contact's last message.
 */
export interface WhatsAppTemplateFile {
  /**
   * What this file is.
   */
  kind: "WhatsAppTemplate";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The ready-made template that this file was made from. For readers only; nothing is inherited.
   */
  made_from?: string;
  /**
   * Id of the WhatsApp inbox that it was approved for.
   */
  inbox: string;
  /**
   * Its name at the provider. Templates of one name in several inboxes or languages stand for each other.
   */
  name?: string;
  /**
   * Its Content SID at Twilio.
   */
  content_sid?: string;
  /**
   * A language tag.
   */
  language: string;
  category: WhatsAppCategory;
  /**
   * The approved text, with the provider's parameters: `{{1}}` or `{{name}}`.
   */
  body: string;
  /**
   * The approved header text.
   */
  header?: string;
  /**
   * The approved footer text.
   */
  footer?: string;
  buttons?: Buttons;
}
/**
 * A cadence: who is followed up, when, by which channel and with which words. Each merged change becomes an immutable version; running enrollments finish on theirs.
 */
export interface SequenceFile {
  /**
   * What this file is.
   */
  kind: "Sequence";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The ready-made template that this file was made from. For readers only; nothing is inherited.
   */
  made_from?: string;
  purpose?: Purpose;
  target: Target;
  /**
   * Custom attributes that this sequence uses; created on reconcile when missing.
   */
  attributes?: SequenceAttribute[];
  enroll?: Enroll;
  triggers?: Triggers;
  exit?: Exit;
  defaults?: StepDefaults;
  steps: Steps;
}
/**
 * A custom attribute that this sequence uses.
 */
export interface SequenceAttribute {
  entity: AttributeEntity;
  /**
   * The attribute's name: read as `<entity>.custom.<key>`.
   */
  key: string;
  type: AttributeType;
  options?: AttributeOptions;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
}
/**
 * Who may be enrolled, and how often.
 */
export interface Enroll {
  reenroll?: Reenroll;
  one_per?: OnePer;
}
/**
 * Enrolls when an event arrives.
 */
export interface EventTrigger {
  /**
   * The event's type. A change of status raises `<entity>.<status>`.
   */
  event: string;
  /**
   * An expression over the variables of this sequence. Comparisons, `and`, `or`, `not`, `in` and filters.
   */
  if?: string;
}
/**
 * Enrolls a conversation in which the contact has been silent for a while.
 */
export interface InactivityTrigger {
  /**
   * A length of time: `<n> minutes | hours | days | business days`.
   */
  inactive: string;
  /**
   * An expression over the variables of this sequence. Comparisons, `and`, `or`, `not`, `in` and filters.
   */
  if?: string;
}
/**
 * What ends an enrollment early. Opting out and a hard bounce always do.
 */
export interface Exit {
  /**
   * Events that end it.
   */
  events?: string[];
  /**
   * A condition that ends it once it is true. Checked at each event and right before each send.
   */
  goal?: string;
}
/**
 * Values for the steps that do not set their own.
 */
export interface StepDefaults {
  /**
   * Local time of day at which it is sent, `HH:MM`. With minutes, hours or `immediately` it is the next such time.
   */
  at?: string;
  if_past?: IfPast;
  /**
   * How late it may be sent; after that it is skipped. A step before a date expires at that date.
   */
  expires_after?: string;
  channel?: StepChannel;
  /**
   * Id of the inbox that sends it. Default: the channel's default inbox.
   */
  inbox?: string;
  compose?: Compose;
  on_failure?: OnFailure;
}
/**
 * What happens when it cannot be delivered: other channels are tried first, then the sequence continues or exits.
 */
export interface OnFailure {
  /**
   * How often a failed attempt is tried again.
   */
  retry?: number;
  /**
   * Channels to try next, in order.
   */
  channels?: Channel[];
  then?: Then;
}
/**
 * One message.
 */
export interface Step {
  /**
   * Stable name of the step within the sequence.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * When it is due, counted from the previous send (the first step: from the enrollment) or from a date: `immediately`, `<n> <unit>`, `<n> <unit> before|after <date variable>`, `on <date variable>`.
   */
  wait: string;
  /**
   * Local time of day at which it is sent, `HH:MM`. With minutes, hours or `immediately` it is the next such time.
   */
  at?: string;
  /**
   * A condition; the step is skipped when it is false.
   */
  if?: string;
  if_past?: IfPast;
  /**
   * How late it may be sent; after that it is skipped. A step before a date expires at that date.
   */
  expires_after?: string;
  channel?: StepChannel;
  /**
   * Id of the inbox that sends it. Default: the channel's default inbox.
   */
  inbox?: string;
  compose?: Compose;
  ai?: AI;
  /**
   * What is said: a text, a content with `type`, or a shared message.
   */
  content: Text | MessageReference | TextContent | TemplateContent | RichContent;
  outside_window?: TemplateUse;
  on_failure?: OnFailure;
}
/**
 * What the model is asked for, where `compose` is not `static`.
 */
export interface AI {
  /**
   * What the message is to achieve.
   */
  intent: string;
  /**
   * How it should sound.
   */
  tone?: string;
  /**
   * The longest text that is accepted.
   */
  max_characters?: number;
  /**
   * What the text must say, each word for word; capitals do not matter.
   */
  required_phrases?: string[];
  /**
   * What the text must not say; capitals do not matter.
   */
  forbidden_phrases?: string[];
}
/**
 * A shared message.
 */
export interface MessageReference {
  /**
   * Id of a MessageTemplate.
   */
  message: string;
}
/**
 * Plain text with a subject, and wordings by channel and language. `type` may be left out.
 */
export interface TextContent {
  /**
   * `text`, `template` or `rich`.
   */
  type?: "text";
  /**
   * The subject line. Used on email only, and required where a step can reach email.
   */
  subject?: string;
  /**
   * The text. Variables are written `{{ contact.first_name | default("there") }}`.
   */
  body?: string;
  channels?: ChannelWordings;
  languages?: LanguageWordings;
}
/**
 * An approved WhatsApp template.
 */
export interface TemplateContent {
  /**
   * `text`, `template` or `rich`.
   */
  type: "template";
  /**
   * Id of a WhatsAppTemplate.
   */
  template: string;
  parameters?: Parameters;
}
export interface NamedParameters {
  [k: string]: string;
}
/**
 * Markdown with buttons and attachments, shown as well as each channel can.
 */
export interface RichContent {
  /**
   * `text`, `template` or `rich`.
   */
  type: "rich";
  /**
   * The subject line. Used on email only, and required where a step can reach email.
   */
  subject?: string;
  /**
   * The text as Markdown: HTML and plain text on email, WhatsApp's own marks there, plain text on SMS.
   */
  markdown: string;
  buttons?: Buttons;
  attachments?: Attachments;
  channels?: RichChannelWordings;
  languages?: RichLanguageWordings;
}
/**
 * An approved WhatsApp template, used where the 24-hour window is closed.
 */
export interface TemplateUse {
  /**
   * Id of a WhatsAppTemplate.
   */
  template: string;
  parameters?: Parameters;
}
/**
 * A sample contact, and a sample target where sequences need one, for previews and tests. Never a real person.
 */
export interface PersonaFile {
  /**
   * What this file is.
   */
  kind: "Persona";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The ready-made template that this file was made from. For readers only; nothing is inherited.
   */
  made_from?: string;
  contact: PersonaContact;
  conversation?: PersonaConversation;
  deal?: PersonaDeal;
  appointment?: PersonaAppointment;
  charge?: PersonaCharge;
  agent?: PersonaAgent;
}
/**
 * The person who receives messages.
 */
export interface PersonaContact {
  /**
   * Your id of the contact.
   */
  id?: string;
  /**
   * Full name.
   */
  name?: string;
  /**
   * Given name.
   */
  first_name?: string;
  /**
   * Family name.
   */
  last_name?: string;
  /**
   * Email address.
   */
  email?: string;
  /**
   * Phone number in E.164: a plus, the country code and the number, digits only.
   */
  phone?: string;
  /**
   * IANA time zone. An unknown one falls back to the workspace's.
   */
  timezone?: string;
  /**
   * Language tag.
   */
  language?: string;
  /**
   * The company that the contact works for.
   */
  company?: string;
  custom?: CustomAttributes;
}
/**
 * Custom attributes by key, declared by `CustomAttribute` files or a sequence's `attributes`.
 */
export interface CustomAttributes {
  [k: string]: CustomValue;
}
/**
 * A thread of messages with one contact in one inbox.
 */
export interface PersonaConversation {
  /**
   * Your id of the conversation.
   */
  id?: string;
  /**
   * The contact it is with.
   */
  contact_id?: string;
  /**
   * Id of the inbox it runs in.
   */
  inbox?: string;
  /**
   * Where it stands.
   */
  status?: "open" | "snoozed" | "resolved";
  /**
   * What it is about.
   */
  subject?: string;
  /**
   * When the contact last wrote.
   */
  last_inbound_at?: string;
  /**
   * The agent it is assigned to.
   */
  agent_id?: string;
  custom?: CustomAttributes;
}
/**
 * A sale that may happen.
 */
export interface PersonaDeal {
  /**
   * Your id of the deal.
   */
  id?: string;
  /**
   * The contact it is with.
   */
  contact_id?: string;
  /**
   * What is to be sold.
   */
  title?: string;
  /**
   * What it is worth, in `currency`.
   */
  value?: number;
  /**
   * ISO 4217 code.
   */
  currency?: string;
  /**
   * Your pipeline's stage.
   */
  stage?: string;
  /**
   * Where it stands.
   */
  status?: "open" | "won" | "lost";
  /**
   * When it is expected to close.
   */
  expected_close_on?: string;
  /**
   * The agent who looks after it.
   */
  agent_id?: string;
  custom?: CustomAttributes;
}
/**
 * A meeting with a start and an end.
 */
export interface PersonaAppointment {
  /**
   * Your id of the appointment.
   */
  id?: string;
  /**
   * The contact it is with.
   */
  contact_id?: string;
  /**
   * What it is.
   */
  title?: string;
  /**
   * When it starts.
   */
  starts_at?: string;
  /**
   * When it ends.
   */
  ends_at?: string;
  /**
   * Where it is.
   */
  location?: string;
  /**
   * Where it stands.
   */
  status?: "scheduled" | "confirmed" | "completed" | "no_show" | "canceled";
  custom?: CustomAttributes;
}
/**
 * Money that a contact is asked to pay.
 */
export interface PersonaCharge {
  /**
   * Your id of the charge.
   */
  id?: string;
  /**
   * The contact who pays.
   */
  contact_id?: string;
  /**
   * The number that the contact knows it by.
   */
  number?: string;
  /**
   * How much, in `currency`.
   */
  amount?: number;
  /**
   * ISO 4217 code.
   */
  currency?: string;
  /**
   * The day it is due.
   */
  due_on?: string;
  /**
   * Where it can be paid.
   */
  payment_url?: string;
  /**
   * Where it stands.
   */
  status?: "pending" | "overdue" | "paid" | "canceled" | "refunded";
  custom?: CustomAttributes;
}
/**
 * The colleague to whom the conversation or the enrollment is assigned; there may be none.
 */
export interface PersonaAgent {
  /**
   * Your id of the agent.
   */
  id?: string;
  /**
   * Name as the contact should read it.
   */
  name?: string;
  /**
   * Email address.
   */
  email?: string;
}
/**
 * A ready-made cadence for a niche. `cadenza template apply` turns it into ordinary files with your values in the place of its parameters; nothing is inherited, so reviewers see what is said.
 */
export interface SequenceTemplateFile {
  /**
   * What this file is.
   */
  kind: "SequenceTemplate";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The trade it is for.
   */
  niche: string;
  /**
   * A language tag.
   */
  language?: string;
  /**
   * What a business fills in, by name: used as `${name}` in any text below.
   */
  parameters?: {
    [k: string]: TemplateParameter;
  };
  /**
   * Custom attributes that the cadence uses; they become files of their own.
   */
  attributes?: SequenceAttribute[];
  /**
   * Approved WhatsApp templates that the cadence uses: have them approved with this text. They become files of their own.
   */
  whatsapp_templates?: TemplateWhatsAppTemplate[];
  /**
   * Sample contacts; they become files of their own.
   */
  personas?: TemplatePersona[];
  /**
   * Scenarios; they become files of their own.
   */
  tests?: TemplateTest[];
  purpose?: Purpose;
  target: Target;
  enroll?: Enroll;
  triggers?: Triggers;
  exit?: Exit;
  defaults?: StepDefaults;
  steps: Steps;
}
/**
 * One value that a business fills in. Without a `default` it must be given.
 */
export interface TemplateParameter {
  type: ParameterType;
  /**
   * What is asked for, for the person who fills it in.
   */
  description: string;
  /**
   * A value of the parameter's type.
   */
  default?: string | number | boolean;
  /**
   * A value of the parameter's type.
   */
  example?: string | number | boolean;
  /**
   * What a `choice` may be.
   *
   * @minItems 1
   */
  options?: string[];
}
/**
 * A template to have approved. Without an `inbox` it is the workspace's default for WhatsApp.
 */
export interface TemplateWhatsAppTemplate {
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * Id of the WhatsApp inbox that it was approved for.
   */
  inbox?: string;
  /**
   * Its name at the provider. Templates of one name in several inboxes or languages stand for each other.
   */
  name?: string;
  /**
   * Its Content SID at Twilio.
   */
  content_sid?: string;
  /**
   * A language tag.
   */
  language: string;
  category: WhatsAppCategory;
  /**
   * The approved text, with the provider's parameters: `{{1}}` or `{{name}}`.
   */
  body: string;
  /**
   * The approved header text.
   */
  header?: string;
  /**
   * The approved footer text.
   */
  footer?: string;
  buttons?: Buttons;
}
/**
 * A sample contact, and a sample target.
 */
export interface TemplatePersona {
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  contact: PersonaContact;
  conversation?: PersonaConversation;
  deal?: PersonaDeal;
  appointment?: PersonaAppointment;
  charge?: PersonaCharge;
  agent?: PersonaAgent;
}
/**
 * A scenario of the cadence.
 */
export interface TemplateTest {
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * Id of the persona that is enrolled. Or give the data itself: `contact`, and the target.
   */
  persona?: string;
  contact?: PersonaContact;
  conversation?: PersonaConversation;
  deal?: PersonaDeal;
  appointment?: PersonaAppointment;
  charge?: PersonaCharge;
  agent?: PersonaAgent;
  /**
   * When the enrollment begins: an instant with its offset, or a local time in the zone of the enrollment.
   */
  start: string;
  /**
   * What happens on the way, in the order of time.
   */
  given?: Happening[];
  expect: Expectation;
}
/**
 * Something that happens at a moment.
 */
export interface Happening {
  /**
   * A time from the start, or an instant.
   */
  at: string;
  event?: ScenarioEvent;
  channel?: Channel1;
  /**
   * New values, by variable; `null` clears one. Without `event` it is `set`.
   */
  set?: {
    /**
     * The new value.
     */
    [k: string]: string | number | boolean | string[] | null;
  };
}
/**
 * What comes of it. What is left out is not checked.
 */
export interface Expectation {
  /**
   * Every message that is sent, in order: the list is complete.
   */
  messages?: ExpectedMessage[];
  state?: ExpectedState;
  /**
   * Why it ended or is held.
   */
  reason?: string;
  /**
   * Holds the whole course, skipped steps and full texts included, against the snapshot beside this file; `cadenza test --update` writes it.
   */
  snapshot?: true;
}
/**
 * One message. What is left out is not checked.
 */
export interface ExpectedMessage {
  /**
   * Id of the step that sends it.
   */
  step: string;
  /**
   * When it is sent, to the minute: a local time in the zone of the enrollment, an instant with its offset, or a time from the start.
   */
  at?: string;
  channel?: Channel;
  /**
   * Id of the inbox that sends it.
   */
  inbox?: string;
  /**
   * The whole subject.
   */
  subject?: string;
  /**
   * Text that it contains: one, or a list of several.
   *
   * @minItems 1
   */
  contains?: string | string[];
  /**
   * The whole text.
   */
  equals?: string;
}
/**
 * A scenario on a simulated clock: who is enrolled, what happens on the way, and which messages go out. `cadenza test` runs it with the engine that runs in production.
 */
export interface SequenceTestFile {
  /**
   * What this file is.
   */
  kind: "SequenceTest";
  /**
   * Stable name of this resource. References, history and links use it, so keep it when you move or rename the file.
   */
  id: string;
  /**
   * Name that people see. Changing it never makes a new version.
   */
  name?: string;
  /**
   * A note for the people who maintain this. Never sent; changing it never makes a new version.
   */
  description?: string;
  /**
   * The ready-made template that this file was made from. For readers only; nothing is inherited.
   */
  made_from?: string;
  /**
   * Id of the sequence under test.
   */
  sequence: string;
  /**
   * Id of the persona that is enrolled. Or give the data itself: `contact`, and the target.
   */
  persona?: string;
  contact?: PersonaContact;
  conversation?: PersonaConversation;
  deal?: PersonaDeal;
  appointment?: PersonaAppointment;
  charge?: PersonaCharge;
  agent?: PersonaAgent;
  /**
   * When the enrollment begins: an instant with its offset, or a local time in the zone of the enrollment.
   */
  start: string;
  /**
   * A time from the start, or an instant.
   */
  until?: string;
  /**
   * What happens on the way, in the order of time.
   */
  given?: Happening[];
  expect: Expectation;
}
