/** nunjucks' parser alone. Its compiler, environment and runtime are never even loaded. */
declare module "nunjucks/src/parser.js" {
  const parser: {
    parse(source: string, extensions: readonly unknown[], options: object): unknown;
  };
  export default parser;
}
