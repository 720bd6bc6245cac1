import { controller } from "../controller/leaf.ts";
import { elsewhere } from "../elsewhere/leaf.ts"; // breaks boundaries(no-unknown-dependencies)
import { runtime } from "../runtime/leaf.ts";

export const planted = [controller, elsewhere, runtime];
