// Starts npm's `emulate` as a Slack workspace: node emulate_slack.mjs MODULE PORT SEED
import net from "node:net";

// It listens on every address unless told otherwise, and its API takes no address.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port) {
  return listen.call(this, port, "127.0.0.1", () => console.log("listening"));
};

const [module, port, seed] = process.argv.slice(2);
const { createEmulator } = await import(module);
await createEmulator({
  service: "slack",
  port: Number(port),
  baseUrl: `http://127.0.0.1:${port}`,
  seed: { slack: JSON.parse(seed) },
});
