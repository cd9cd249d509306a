// The scripts of the page, for tests that need no browser. They are modules, and Node.js takes a .js file for one only by
// a package.json beside it or by guessing.

import fs from "node:fs";

const kWeb = new URL("../../web/", import.meta.url);

export const read = (name) => fs.readFileSync(new URL(name, kWeb), "utf8");
export const scripts = () => fs.readdirSync(kWeb).filter((name) => name.endsWith(".js"));

// A script that imports no other.
export const load = (name) => import(`data:text/javascript;base64,${Buffer.from(read(name)).toString("base64")}`);
