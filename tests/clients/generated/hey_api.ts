// The client that hey-api generates reports an event, reads it, and finds it in the pages of the list.

import { check, run, server, visit } from "./event";
import { client } from "./hey/client.gen";
import { event, events, register, report } from "./hey/sdk.gen";
import type { EntryView } from "./hey/types.gen";

const throwOnError = true;

run("hey-api", async () => {
  client.setConfig({ baseUrl: server });

  const outcome = (await report({ body: visit, throwOnError })).data;
  const accepted = outcome.accepted[0];
  check(accepted !== undefined && !accepted.repeat, JSON.stringify(outcome));
  const { id, position } = accepted;

  const query = { min_position: position };
  const read = (await event({ path: { id }, query, throwOnError })).data;
  check("kind" in read && read.kind === visit.kind, JSON.stringify(read));
  check(read.occurred === visit.occurred && read.title["ar"] === visit.title.ar, JSON.stringify(read));

  const ids: string[] = [];
  for (let from: string | null = "start"; from !== null; ) {
    const query = { from, limit: 20, min_position: position };
    const page: { items: { id: string }[]; next: string | null } = (
      await events({ query, throwOnError })
    ).data;
    ids.push(...page.items.map((item) => item.id));
    from = page.next;
  }
  check(ids.includes(id) && ids.length > 20, ids.join());

  const path = { from: "TJK", to: "AFG", name: "missions" } as const;
  const entries: EntryView[] = (await register({ path, throwOnError })).data.items;
  check(entries.some((entry) => entry.host === "TJK" && entry.open), JSON.stringify(entries));

  const refused = await report({ body: { ...visit, kind: "visit.maid" } });
  check(refused.response?.status === 422, JSON.stringify(refused.error));
  return ids.length;
});
