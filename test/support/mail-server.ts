import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { simpleParser, type ParsedMail } from "mailparser";
import { SMTPServer, type SMTPServerSession } from "smtp-server";

/** A mail that arrived: its envelope, and what a mail program would show. */
interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Who had logged in. */
  readonly user: string | null;
  readonly mail: ParsedMail;
  /** As it came over the wire. */
  readonly source: string;
}

/** What happens to one mail instead of being taken. */
type Mishap =
  /** The command is answered with this 4xx or 5xx code. */
  | { readonly refuse: "mail" | "rcpt" | "data"; readonly code: number }
  /** The connection is lost: before the content, or once it was taken and before the answer. */
  | { readonly lose: "before_data" | "after_data" };

/** A real SMTP server on this machine. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** Everything that was taken, in order; also what was taken before a lost answer. */
  readonly mails: readonly ReceivedMail[];
  /** The next mails' mishaps, first first; a null is a mail that goes well. */
  readonly mishaps: (Mishap | null)[];
  /** Waits until this many mails are there. */
  received(count: number): Promise<readonly ReceivedMail[]>;
  close(): Promise<void>;
}

/** Starts a mail server; with a login it takes mail from nobody else. */
export async function startMailServer(
  login: { readonly user: string; readonly password: string } | null = null,
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const mishaps: (Mishap | null)[] = [];
  const sockets = new Map<number, Socket>();
  const underWay = new Map<string, Mishap | null>();
  const mishapOf = (session: SMTPServerSession) => underWay.get(session.id) ?? null;
  const refuse = (session: SMTPServerSession, command: "mail" | "rcpt" | "data") => {
    const mishap = mishapOf(session);
    if (mishap === null || !("refuse" in mishap) || mishap.refuse !== command) return null;
    return Object.assign(new Error("Refused by the test"), { responseCode: mishap.code });
  };
  /** @returns whether the connection is gone */
  const lose = (session: SMTPServerSession, when: "before_data" | "after_data") => {
    const mishap = mishapOf(session);
    if (mishap === null || !("lose" in mishap) || mishap.lose !== when) return false;
    sockets.get(session.remotePort)?.destroy();
    return true;
  };

  const server = new SMTPServer({
    disabledCommands: login === null ? ["AUTH", "STARTTLS"] : ["STARTTLS"],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onAuth({ username, password }, _, callback) {
      if (username === login?.user && password === login?.password) {
        callback(null, { user: username });
      } else callback(Object.assign(new Error("Wrong login"), { responseCode: 535 }));
    },
    onMailFrom(_, session, callback) {
      underWay.set(session.id, mishaps.shift() ?? null);
      callback(refuse(session, "mail"));
    },
    onRcptTo(_, session, callback) {
      if (!lose(session, "before_data")) callback(refuse(session, "rcpt"));
    },
    onData(stream, session, callback) {
      void take(session, text(stream)).then(() => {
        if (!lose(session, "after_data")) callback(refuse(session, "data"));
      }, callback);
    },
  });
  // The server reports what a lost connection did to it; the test knows.
  server.on("error", () => {});
  server.server.on("connection", (socket: Socket) => {
    if (socket.remotePort !== undefined) sockets.set(socket.remotePort, socket);
  });

  async function take(session: SMTPServerSession, content: Promise<string>): Promise<void> {
    const source = await content;
    if (refuse(session, "data") !== null) return;
    const { mailFrom, rcptTo } = session.envelope;
    mails.push({
      from: mailFrom === false ? "" : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      user: session.user === undefined ? null : String(session.user),
      mail: await simpleParser(source),
      source,
    });
    server.emit("mail");
  }

  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    host: "127.0.0.1",
    port,
    mails,
    mishaps,
    async received(count) {
      while (mails.length < count) await once(server, "mail");
      return mails;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.values()) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
