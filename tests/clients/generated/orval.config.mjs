// Settings of orval: its client for fetch, of this server.
export default {
  detente: {
    input: "openapi.json",
    output: { target: "orval/client.ts", client: "fetch", baseUrl: process.env.DETENTE_HTTP },
  },
};
