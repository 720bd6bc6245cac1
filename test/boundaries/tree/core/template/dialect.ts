import { Environment } from "nunjucks";

export const dialect = Environment;
