// What a page of another origin tries against a server on this machine.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const { CHROMIUM, DETENTE_HTTP } = process.env;
const event = (id) => ({
    id,
    kind: "talks.held",
    actors: ["KGZ"],
    recipients: ["UZB"],
    occurred: "2023-05-04",
    title: { en: "Talks" },
    report: { publisher: "A wire agency", grade: "B2" },
});
const stored = async (id) => (await fetch(`${DETENTE_HTTP}/v1/events/${id}`)).status === 200;

// Runs in a page: each attempt to read, and what came of it.
const read = async (server) => {
    const tries = {
        fetch: async () => (await fetch(`${server}/v1/countries`)).text(),
        opaque: async () => (await fetch(`${server}/v1/countries`, { mode: "no-cors" })).text(),
        credentials: async () =>
            (await fetch(`${server}/v1/countries`, { credentials: "include" })).text(),
        events: () =>
            new Promise((resolve) => {
                const source = new EventSource(`${server}/v1/changes?from=start`);
                source.onmessage = (message) => resolve(message.data);
                source.onopen = () => resolve("it opened");
                source.onerror = () => resolve("");
            }),
        script: () =>
            new Promise((resolve) => {
                const script = document.createElement("script");
                script.src = `${server}/v1/countries`;
                script.onload = () => resolve("it ran");
                script.onerror = () => resolve("");
                document.body.append(script);
            }),
        frame: () =>
            new Promise((resolve) => {
                const frame = document.createElement("iframe");
                frame.src = `${server}/v1/countries`;
                frame.onload = () => {
                    try {
                        resolve(frame.contentDocument?.body.textContent ?? "");
                    } catch {
                        resolve("");
                    }
                };
                document.body.append(frame);
            }),
    };
    const texts = {};
    for (const [name, attempt] of Object.entries(tries)) {
        texts[name] = await attempt().catch(() => "");
    }
    return texts;
};

// Runs in a page: posts an event in each way that a page may try.
const write = async ([server, bodies]) => {
    const url = `${server}/v1/events`;
    const text = (type) => ({ method: "POST", headers: { "content-type": type } });
    const tries = {
        json: (body) => fetch(url, { ...text("application/json"), body }),
        plain: (body) => fetch(url, { ...text("text/plain"), mode: "no-cors", body }),
        bare: (body) => fetch(url, { method: "POST", mode: "no-cors", body: new Blob([body]) }),
        beacon: async (body) => navigator.sendBeacon(url, body),
        form: (body) =>
            new Promise((resolve) => {
                const frame = document.createElement("iframe");
                frame.name = "target";
                document.body.append(frame);
                const form = document.createElement("form");
                Object.assign(form, {
                    method: "POST",
                    action: url,
                    enctype: "text/plain",
                    target: "target",
                });
                // The field and its value join to one JSON text around the equals sign.
                const field = document.createElement("input");
                field.name = body.replace(/\}$/, ',"note":"');
                field.value = '"}';
                form.append(field);
                document.body.append(form);
                frame.onload = () => resolve();
                form.submit();
            }),
    };
    for (const [name, attempt] of Object.entries(tries)) {
        await attempt(bodies[name]).catch(() => {});
    }
};

const page = createServer((_, answer) => {
    answer.writeHead(200, { "content-type": "text/html" });
    answer.end("<!doctype html><title>Another origin</title><body>");
});
await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve));
const { port } = page.address();
const own = new URL(DETENTE_HTTP);

const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--host-resolver-rules=MAP *.example 127.0.0.1"],
});
try {
    const tab = await browser.newPage();
    // Of the server's own origin, all is allowed: what follows fails for the origin alone.
    await tab.goto(`${DETENTE_HTTP}/v1/countries`);
    assert.match((await tab.evaluate(read, DETENTE_HTTP)).fetch, /Afghanistan/);
    const allowed = randomUUID();
    const names = ["json", "plain", "bare", "beacon", "form"];
    const bodies = (ids) =>
        Object.fromEntries(names.map((name, place) => [name, JSON.stringify(event(ids[place]))]));
    await tab.evaluate(write, [DETENTE_HTTP, bodies(names.map(() => allowed))]);
    assert.ok(await stored(allowed));

    for (const origin of [`http://127.0.0.1:${port}`, `http://page.example:${port}`]) {
        await tab.goto(origin);
        for (const [name, text] of Object.entries(await tab.evaluate(read, DETENTE_HTTP))) {
            assert.equal(text, "", `${origin} reads by ${name}`);
        }
        const ids = names.map(() => randomUUID());
        await tab.evaluate(write, [DETENTE_HTTP, bodies(ids)]);
        for (const [place, id] of ids.entries()) {
            assert.ok(!(await stored(id)), `${origin} writes by ${names[place]}`);
        }
    }

    // A name that is made to resolve to this machine is of the server's origin for the browser.
    const rebound = `http://rebound.example:${own.port}`;
    assert.equal((await tab.goto(`${rebound}/v1/countries`)).status(), 403);
    const [seen, id] = [await tab.evaluate(read, rebound), randomUUID()];
    assert.doesNotMatch(JSON.stringify(seen), /Afghanistan|it opened|it ran/);
    await tab.evaluate(write, [rebound, bodies(names.map(() => id))]);
    assert.ok(!(await stored(id)), "a rebound name writes");
} finally {
    await browser.close();
    page.close();
}
