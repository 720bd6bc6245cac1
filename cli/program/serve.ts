import type { Register } from "./common.ts";

/** `serve`. */
export const addServe: Register = (program, io, report) => {
  program
    .command("serve")
    .description("run the controller, the runtime, HTTP and the console")
    .option(
      "--source <url>",
      "git URL or path (CADENZA_SOURCE; default: the repository around this folder)",
    )
    .option("--branch <name>", "the branch to publish (CADENZA_BRANCH; default: the source's own)")
    .option(
      "--path <dir>",
      "the folder with cadenza.yaml in the source (CADENZA_PATH; default: cadences)",
    )
    .option("--port <port>", "the HTTP port (PORT; default: 8080)")
    .option("--host <address>", "the address to listen on (HOST; default: 127.0.0.1)")
    .option("--role <roles>", "comma-separated: controller,worker,http (default: all)")
    .option("--data <dir>", "where the server keeps its files (CADENZA_DATA; default: .cadenza)")
    .action(async (options) => {
      const { serve } = await import("../commands/serve.ts");
      report(await serve(options, io));
    });
};
