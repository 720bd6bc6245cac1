#!/usr/bin/env node
const NEEDED = 24;
/** As in io.ts. */
const INTERNAL = 3;

// JavaScript, and checked before anything else is loaded: an older Node reads none of the rest.
if (Number(process.versions.node.split(".")[0]) < NEEDED) {
  process.stderr.write(
    `cadenza needs Node ${NEEDED} or newer; this is ${process.versions.node}. ` +
      `In a checkout use "npm run -s cadenza -- …", which brings its own.\n`,
  );
  process.exitCode = 2;
} else {
  // The cache keeps the rest as JavaScript, too: to load what strips types takes longer than all of it.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  const { run } = await import("./run.ts");
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      // Whoever reads along may have seen enough, as `| head` has: that is no fault.
      if (error.code === "EPIPE") return;
      process.stderr.write(`cadenza: what it says cannot be written: ${error.message}\n`);
      process.exit(INTERNAL);
    });
  }
  process.exitCode = await run(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: callersFolder(),
    color: process.stdout.isTTY && !process.env["NO_COLOR"],
    now: () => Date.now(),
    prompt: process.stdin.isTTY
      ? async () => (await import("./prompt.ts")).openPrompt()
      : undefined,
  });
}

/** `npm run cadenza` changes to the package's folder; paths are meant from where npm was called. */
function callersFolder() {
  const { INIT_CWD: from, npm_lifecycle_event: script, npm_package_name: name } = process.env;
  return script === "cadenza" && name === "cadenza" && from !== undefined ? from : process.cwd();
}
