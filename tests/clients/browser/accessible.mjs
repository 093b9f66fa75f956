// Every page of the console, in each language, light and dark, under the rules of axe: nothing that is
// serious, no error in the console, no request to another host.
import assert from "node:assert/strict";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { pages, watch } from "./pages.mjs";

const { CHROMIUM, DETENTE_HTTP } = process.env;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
const found = [];
const paths = await pages(DETENTE_HTTP);
for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    const complaints = watch(page, DETENTE_HTTP);
    for (const lang of ["en", "ar", "ru"]) {
        for (const path of paths) {
            await page.goto(`${DETENTE_HTTP}/${lang}/${path}`);
            assert.equal(await page.locator("html").getAttribute("lang"), lang);
            const { violations } = await new AxeBuilder({ page })
                .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
                .analyze();
            const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
            for (const { id, help, nodes } of serious) {
                const where = nodes.slice(0, 3).map(({ html, failureSummary }) => `${html}\n      ${failureSummary}`);
                found.push(`${lang}/${path} (${colorScheme}): ${id}: ${help}\n    ${where.join("\n    ")}`);
            }
        }
    }
    assert.deepEqual(complaints, []);
    await context.close();
}
await browser.close();
assert.equal(found.length, 0, found.join("\n"));
console.log(`${paths.length} pages in 3 languages, light and dark: nothing serious`);
