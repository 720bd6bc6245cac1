import { simpleGit } from "simple-git";

export const client = simpleGit;
