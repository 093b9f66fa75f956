// Walks through the console as a person does: the board, a cell and its reasons, both clocks, a report
// that arrives, one that is entered by the form, its retraction, and the difference; in English and
// Arabic, and once without script.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chromium } from "playwright-core";
import { watch } from "./pages.mjs";

const { CHROMIUM, DETENTE_HTTP } = process.env;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
const AT = "2023-04-18";

const get = async (path) => (await fetch(`${DETENTE_HTTP}${path}`)).json();

/** Posts an event as another reporter would. */
async function post(event) {
    const answer = await fetch(`${DETENTE_HTTP}/v1/events`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(event),
    });
    assert.ok(answer.ok, await answer.text());
}

/** Moves a slider to a value, as dragging it does. */
async function slide(page, clock, value) {
    const slider = page.locator(`input[type=range][data-clock=${clock}]`);
    await slider.evaluate((input, to) => {
        input.value = to;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
    }, String(value));
}

/** From the board to the reasons of a cell, which are those of the API. */
async function reasons(page, lang) {
    await page.goto(`${DETENTE_HTTP}/${lang}/?at=${AT}&toward=AFG`);
    const cell = page.locator('tr[data-key=TJK] a[href*="why/threat"]');
    const relation = await get(`/v1/relations/TJK/AFG?at=${AT}`);
    if (lang === "en") assert.ok((await cell.innerText()).includes(relation.threat.level));
    assert.ok((await cell.getAttribute("aria-description")).includes(relation.threat.strain.toFixed(1)));
    await cell.click();
    await page.waitForURL(/\/relations\/TJK\/AFG\/why\/threat/);
    const why = await get(`/v1/relations/TJK/AFG/why/threat?at=${AT}`);
    const text = await page.locator("main").innerText();
    // The page writes the dates of the line in words.
    const parts = why.line[lang].split(/\u200e?\d{4}-\d\d[-\d/]*\u200e?/);
    assert.ok(parts.every((part) => text.includes(part)), `${lang}: ${why.line[lang]}`);
}

/** By the arrows from the country to the last cell of its row, also where nothing is known, and back. */
async function keys(page, lang) {
    await page.goto(`${DETENTE_HTTP}/${lang}/?at=${AT}&toward=AFG`);
    await page.locator("table.board tbody a").first().focus();
    const place = () => page.evaluate(() => document.activeElement.closest("td, th")?.cellIndex);
    for (let column = 1; column <= 10; column += 1) {
        await page.keyboard.press(lang === "ar" ? "ArrowLeft" : "ArrowRight");
        assert.equal(await place(), column);
    }
    await page.keyboard.press("Home");
    assert.equal(await place(), 0);
}

/** Both handles: the address and the content follow. */
async function clocks(page, lang) {
    await page.goto(`${DETENTE_HTTP}/${lang}/relations/TJK/AFG?at=${AT}`);
    const before = await page.locator("main").innerText();
    await slide(page, "at", 30);
    await page.waitForFunction((at) => new URL(location.href).searchParams.get("at") !== at, AT);
    await page.waitForFunction((text) => document.querySelector("main").innerText !== text, before);
    await slide(page, "known_at", 1);
    await page.waitForFunction(() => new URL(location.href).searchParams.get("known_at") === "1");
    const { at, known_at } = Object.fromEntries(new URL(page.url()).searchParams);
    const relation = await get(`/v1/relations/TJK/AFG?at=${at}&known_at=${known_at}`);
    assert.equal(relation.known_at, 1);
    await page.waitForFunction(() => document.querySelector(".clocks output").textContent.includes("1"));
    await page.locator(".live").click();
    await page.waitForFunction(() => !new URL(location.href).searchParams.has("known_at"));
}

/** A report by somebody else changes the board without a reload. */
async function live(page, lang, country) {
    await page.goto(`${DETENTE_HTTP}/${lang}/?toward=AFG`);
    await page.evaluate(() => (window.isTheSame = true));
    const today = new Date().toISOString().slice(0, 10);
    await page.waitForTimeout(500);
    await post({
        id: randomUUID(),
        kind: "talks.held",
        actors: [country],
        recipients: ["AFG"],
        occurred: today,
        title: { en: "Talks about trade", ar: "محادثات تجارية" },
        report: { publisher: "A wire agency", grade: "B2" },
    });
    await page.locator(`tr[data-key=${country}]`).waitFor();
    assert.equal(await page.evaluate(() => window.isTheSame), true, "the page was reloaded");
}

/** Reports by the form, and returns the id of the event. */
async function enter(page, lang, title) {
    await page.goto(`${DETENTE_HTTP}/${lang}/report?q=visit`);
    await page.locator('a[href*="kind=visit.made"]').first().click();
    await page.locator("input[name=actors]").first().fill("Uzbekistan");
    await page.locator("input[name=recipients]").first().fill("أفغانستان");
    await page.locator("[name=occurred]").fill("2023-04-17");
    await page.locator(`[name="title.${lang}"]`).fill(title);
    await page.locator('[name="report.publisher"]').fill("Another agency");
    await page.locator("[name=reliability]").selectOption("B");
    await page.locator("[name=credibility]").selectOption("2");
    await page.locator("button[value=preview]").click();
    await page.locator("button[value=report]").click();
    await page.waitForURL(/\/events\/[0-9a-f-]{36}/);
    const [id] = page.url().match(/[0-9a-f-]{36}/);
    assert.equal((await get(`/v1/events/${id}`)).kind, "visit.made");
    assert.ok((await page.locator("main").innerText()).includes(title));
    return id;
}

/** Retracts the report from the page of the event. */
async function retract(page, lang, id) {
    await page.goto(`${DETENTE_HTTP}/${lang}/events/${id}`);
    await page.locator('a[href*="retract"]').first().click();
    await page.locator("textarea, input[name=reason]").first().fill("Entered by mistake");
    await page.locator("button[value=check]").click();
    await page.locator("button[value=confirm]").click();
    await page.waitForURL(new RegExp(`/events/${id}(\\?|$)`));
    assert.ok((await page.locator("main").innerText()).includes("Entered by mistake"));
}

/** What the report changed and what its retraction changed are in the differences of what was known. */
async function differences(page, lang, [before, between, after]) {
    const show = async (from, to) => {
        const points = `from=${AT}&to=${AT}&known_from=${from}&known_to=${to}`;
        await page.goto(`${DETENTE_HTTP}/${lang}/relations/UZB/AFG/diff?${points}`);
        const diff = await get(`/v1/relations/UZB/AFG/diff?${points}`);
        const text = await page.locator("main").innerText();
        const learned = diff.learned.length + diff.happened.length;
        assert.ok(learned > 0, "the API has a difference");
        assert.equal(await page.locator("article.difference").count(), learned);
        return text;
    };
    const texts = [await show(before, between), await show(between, after)];
    assert.notEqual(texts[0], texts[1]);
}

const head = async () => (await get("/v1/countries?limit=1")).known_at;

for (const [lang, country] of [["en", "MNG"], ["ar", "AZE"]]) {
    const page = await browser.newPage({ locale: lang });
    const complaints = watch(page, DETENTE_HTTP);
    await reasons(page, lang);
    await keys(page, lang);
    await clocks(page, lang);
    await live(page, lang, country);
    const positions = [await head()];
    const id = await enter(page, lang, lang === "ar" ? "زيارة وفد" : "A delegation visits");
    positions.push(await head());
    await retract(page, lang, id);
    positions.push(await head());
    await differences(page, lang, positions);
    assert.deepEqual(complaints, []);
    await page.close();
    console.log(`${lang}: board, keys, why, both clocks, live, report, retract, diff`);
}

const context = await browser.newContext({ javaScriptEnabled: false });
const page = await context.newPage();
const complaints = watch(page, DETENTE_HTTP);
await reasons(page, "en");
await page.locator(".clocks input[name=at]").fill("2022-12-31");
await page.locator(".clocks button").first().click();
await page.waitForURL(/at=2022-12-31/);
const id = await enter(page, "en", "A delegation visits, without script");
await retract(page, "en", id);
assert.deepEqual(complaints, []);
await context.close();
await browser.close();
console.log("without script: board, why, clocks, report, retract");
