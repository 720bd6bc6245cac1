const NEEDED = 24;

/** Other releases differ in what they run and in what their `Intl` says: fail once, and clearly. */
if (Number(process.versions.node.split(".")[0]) < NEEDED) {
  throw new Error(
    `The tests need Node ${NEEDED} or newer; this is ${process.versions.node}. ` +
      `Run them as "npm test", or "npx vitest run <files>": the project brings its own Node.`,
  );
}
