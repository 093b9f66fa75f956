// The client that orval generates reports an event, reads it, and finds it in the pages of the list.

import { check, run, visit } from "./event";
import { event, events, register, report, type EntryView } from "./orval/client";

run("orval", async () => {
  const reported = await report([visit]);
  check(reported.status === 201, JSON.stringify(reported));
  const accepted = reported.data.accepted[0];
  check(accepted !== undefined && !accepted.repeat, JSON.stringify(reported));
  const { id, position } = accepted;

  const read = await event(id, { min_position: position });
  check(read.status === 200, JSON.stringify(read));
  check("kind" in read.data && read.data.kind === visit.kind, JSON.stringify(read));

  const ids: string[] = [];
  for (let from: string | null = "start"; from !== null; ) {
    const page: Awaited<ReturnType<typeof events>> = await events({
      from,
      limit: 20,
      min_position: position,
    });
    check(page.status === 200, JSON.stringify(page));
    const { items, next }: { items: { id: string }[]; next: string | null } = page.data;
    ids.push(...items.map((item) => item.id));
    from = next;
  }
  check(ids.includes(id) && ids.length > 20, ids.join());

  const missions = await register("TJK", "AFG", "missions");
  check(missions.status === 200, JSON.stringify(missions));
  const entries: EntryView[] = missions.data.items;
  check(entries.some((entry) => entry.host === "TJK" && entry.open), JSON.stringify(entries));

  const refused = await report({ ...visit, kind: "visit.maid" });
  check(refused.status === 422, JSON.stringify(refused));
  return ids.length;
});
