// The levels and numbers of the board, the relation page, the reasons and the map are those of the API.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const { CHROMIUM, DETENTE_HTTP } = process.env;
const AT = "at=2023-04-18";
const SCALES = ["posture", "political", "security", "economic", "humanitarian", "societal", "threat"];
const get = async (path) => (await fetch(`${DETENTE_HTTP}${path}`)).json();
const words = (level) => level.replaceAll("_", " ");
const number = (value) => (typeof value === "number" ? value.toFixed(1) : "–");

/** The level of a dimension, as the API answers it. */
function level(relation, dimension) {
    if (dimension === "declared") return relation.recognition.declared;
    return relation[dimension].level;
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
const page = await browser.newPage();
let compared = 0;
const same = (shown, expected, what) => {
    assert.equal(shown, expected, what);
    compared += 1;
};

const { relations } = await get(`/v1/countries/AFG?${AT}`);
for (const { with: from } of relations) {
    const relation = await get(`/v1/relations/${from}/AFG?${AT}`);
    await page.goto(`${DETENTE_HTTP}/en/?${AT}&toward=AFG`);
    const cells = page.locator(`tr[data-key=${from}] td a`);
    for (const cell of await cells.all()) {
        const dimension = (await cell.getAttribute("href")).match(/why\/([a-z]+)/)[1];
        const what = `board: ${from}, ${dimension}`;
        const text = (await cell.innerText()).replace(/[^a-z ]/g, "").trim();
        same(text, words(level(relation, dimension)), what);
        const described = (await cell.getAttribute("aria-description")) ?? "";
        const shown = described.match(/^(?:index|strain) (-?[0-9.]+)/)?.[1];
        const { index, strain } = relation[dimension] ?? {};
        const expected = SCALES.includes(dimension) ? (index ?? (dimension === "threat" ? strain : undefined)) : undefined;
        same(shown ?? "–", number(expected), what);
    }
    const all = [...SCALES, "recognition", "declared", "representation"];
    const unknown = all.filter((dimension) => level(relation, dimension) === "unknown");
    const without = page.locator(`tr[data-key=${from}] td:not(:has(a))`);
    // A row of which nothing is known is left out.
    const left = unknown.length === all.length ? 0 : unknown.length;
    same(await without.count(), left, `board: ${from}, unknown`);
    await page.goto(`${DETENTE_HTTP}/en/relations/${from}/AFG?${AT}`);
    for (const dimension of SCALES) {
        const row = page.locator(`table.levels tr:has(th a[href*="${from}/AFG/why/${dimension}"])`);
        if ((await row.count()) === 0) continue;
        const [, index, warmth, strain] = await row.locator("td").allInnerTexts();
        const view = relation[dimension];
        const what = `relation: ${from}, ${dimension}`;
        same(index, number(view.index), what);
        same(warmth, number(view.warmth), what);
        same(strain, number(view.strain), what);
        const why = await get(`/v1/relations/${from}/AFG/why/${dimension}?${AT}`);
        same(why.level, view.level, what);
    }
    await page.goto(`${DETENTE_HTTP}/en/map?${AT}&toward=AFG`);
    const title = await page.locator(`svg a[href*="relations/${from}/AFG"] title`).first().textContent();
    same(title.match(/: ([a-z ]+)/)[1].trim(), words(relation.posture.level), `map: ${from}`);
}
await browser.close();
assert.ok(compared > 200, `${compared} values`);
console.log(`${compared} values of pages are those of the API`);
