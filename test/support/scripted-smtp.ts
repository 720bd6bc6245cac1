import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** What the server does at a point of the dialogue: answers this line, cuts the line, or says nothing. */
export type Reaction = `${number}${string}` | "cut" | "hang";
export type Point = "greeting" | "EHLO" | "AUTH" | "MAIL" | "RCPT" | "DATA" | "content";

interface ScriptedSmtp {
  readonly port: number;
  /** The commands that came, in order, and `content` for each that came whole. */
  readonly heard: readonly string[];
  close(): Promise<void>;
}

const USUAL: Record<Point, Reaction> = {
  greeting: "220 test",
  EHLO: "250-test\r\n250 AUTH PLAIN",
  AUTH: "235 welcome",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
  content: "250 taken",
};

/** A mail server that follows a script to the byte: real ones are too polite to be tested against. */
export async function startScriptedSmtp(
  script: Partial<Record<Point, Reaction>> = {},
): Promise<ScriptedSmtp> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    converse(socket, { ...USUAL, ...script }, heard);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function converse(socket: Socket, script: Record<Point, Reaction>, heard: string[]): void {
  let isContent = false;
  let rest = "";
  const react = (point: Point) => {
    const reaction = script[point];
    if (reaction === "cut") socket.destroy();
    else if (reaction !== "hang") socket.write(`${reaction}\r\n`);
    if (point === "DATA") isContent = reaction.startsWith("354");
  };
  react("greeting");
  socket.on("data", (data) => {
    const lines = `${rest}${data.toString()}`.split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (isContent) {
        if (line !== ".") continue;
        isContent = false;
        heard.push("content");
        react("content");
        continue;
      }
      const command = line.slice(0, 4).toUpperCase();
      heard.push(command);
      if (command in script) react(command as Point);
      else socket.write("250 ok\r\n");
    }
  });
}
