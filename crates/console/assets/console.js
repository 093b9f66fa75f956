// The script of the console: pages are whole without it. It shows changes as they happen.
"use strict";

/** Loads a page and replaces the parts that it shares with the present one. */
async function show(address, options = {}) {
  const answer = await fetch(address, { headers: { accept: "text/html" }, ...options });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = page.querySelector("main");
  if (!content) return;
  document.title = page.title;
  for (const part of ["main", ".clocks", ".banner"]) {
    const [now, next] = [document.querySelector(part), page.querySelector(part)];
    if (now && next) now.replaceWith(next);
  }
}

/** Asks for a live page again when something changes, at most twice a second. */
function follow() {
  if (!document.querySelector("main[data-live]") || !document.querySelector(".live[aria-current]")) return;
  let waits = false;
  const changes = new EventSource("/v1/changes?from=now");
  changes.addEventListener("change", () => {
    if (waits) return;
    waits = true;
    setTimeout(async () => {
      waits = false;
      await show(location.href);
    }, 500);
  });
}

follow();
