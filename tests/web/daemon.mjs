// headroomd and the simulator of Chat as processes of their own, on free ports of 127.0.0.1, with a fresh database.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";

const kPatience = 30_000;  // ms
const kAppId = "1400000000";

const build = process.env.HEADROOM_BUILD ?? "build/dev";
export const viewerToken = "viewer-token-of-the-tests";
export const operatorToken = "operator-token-of-the-tests";

// Until `ask` brings something true; no longer than the patience.
export async function until(what, ask, patience = kPatience) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

class Program {
  constructor(name, binary, args, names) {
    this.log = [];
    this.addresses = {};
    this.process = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env.PATH, TZ: "UTC" } });
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.once("exit", () => (this.over = true));
    process.once("exit", () => this.over || this.process.kill("SIGKILL"));
    const lines = readline.createInterface({ input: this.process.stderr });
    lines.on("line", (line) => {
      this.log.push(line);
      const found = /listening name=(\S+) address=(\S+)/.exec(line);
      if (found) this.addresses[found[1]] = found[2];
    });
    this.ready = until(`${name} listens`, () => {
      if (this.over) throw new Error(`${name} ended:\n${this.log.join("\n")}`);
      return names.every((one) => this.addresses[one]);
    });
  }

  async stop(signal = "SIGTERM") {
    if (!this.over) this.process.kill(signal);
    await this.ended;
  }
}

async function post(url, body) {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

// A daemon beside its Chat, in a folder that goes with it.
export class World {
  static async start(options = {}) {
    const world = new World();
    world.folder = fs.mkdtempSync(path.join(os.tmpdir(), "headroom-web."));
    for (const name of ["chat-secret-key", "webhook-token"]) world.write(name, randomBytes(16).toString("hex"));
    world.write("admin-token", `eye:viewer:${viewerToken}\nhand:operator:${operatorToken}\n`);
    world.chatsim = new Program("headroom-chatsim", `${build}/simulator/headroom-chatsim`,
      ["--listen", "127.0.0.1:0", "--sdk-app-id", kAppId, "--secret-key-file", world.file("chat-secret-key"), "--webhook-token-file", world.file("webhook-token")], ["chat"]);
    await world.chatsim.ready;
    world.options = options;
    await world.startDaemon();
    return world;
  }

  file(name) {
    return path.join(this.folder, name);
  }

  write(name, text) {
    fs.writeFileSync(this.file(name), text, { mode: 0o600 });
  }

  // On the port that it had before.
  async startDaemon() {
    this.write("headroomd.conf", "");
    const settings = {
      "chat.sdk_app_id": kAppId, "chat.base_url": `http://${this.chatsim.addresses.chat}`, "chat.secret_key_file": this.file("chat-secret-key"),
      "webhook.listen": "127.0.0.1:0", "webhook.token_file": this.file("webhook-token"), "admin.listen": this.admin ?? "127.0.0.1:0", "admin.token_file": this.file("admin-token"),
      "database.url": `sqlite:${this.file("headroom.db")}`, "database.auto_migrate": "true",
      "scheduler.mode": "approve", "scheduler.stale_after": "0s", "scheduler.tick": "100ms", "scheduler.cooldown": "1h", "scheduler.retry_base": "500ms", "scheduler.retry_max": "2s", "scheduler.sweep_interval": "0",
      "policy.inactive_for": "30d", "policy.newcomer_grace": "7d", "policy.second_look": "0", "policy.first_share": "100%", "policy.types": "Private, Public, ChatRoom, Community",
      ...this.options,
    };
    this.daemon = new Program("headroomd", `${build}/src/daemon/headroomd`, ["serve", "--config", this.file("headroomd.conf"), ...Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value])], ["webhook", "admin"]);
    await this.daemon.ready;
    this.admin = this.daemon.addresses.admin;
    await this.sim("webhook-url", { url: `http://${this.daemon.addresses.webhook}/chat/webhook` });
  }

  get url() {
    return `http://${this.admin}/`;
  }

  sim(what, body) {
    return post(`http://${this.chatsim.addresses.chat}/sim/${what}`, body);
  }

  async api(where, { method = "GET", body, token = operatorToken } = {}) {
    const response = await fetch(`${this.url}api/v1/${where}`, { method, body: body && JSON.stringify(body), headers: { Authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  // The groups that the simulator's scenario fills, once the daemon knows that they are full.
  async fill(enough = 6) {
    const { groups } = await this.sim("scenario", { name: "demo" });
    await this.sim("flush", {});
    await until("the groups are known", async () => (await this.api("groups")).items.length >= enough);
    return groups.map((group) => group.group_id);
  }

  async stop() {
    await Promise.all([this.daemon?.stop(), this.chatsim?.stop()]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
