/** nunjucks' parser alone. Its compiler, environment and runtime are never even loaded. */
declare module "nunjucks/src/parser.js" {
  export function parse(source: string, extensions: readonly unknown[], options: object): unknown;
}
