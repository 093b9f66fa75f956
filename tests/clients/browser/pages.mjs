// What the tests of the console share.

const AT = "at=2023-04-18";

/** The pages of the console, without their language, as the demonstration has them. */
export async function pages(server) {
    const events = await (await fetch(`${server}/v1/events?pair=AFG-TJK&limit=1`)).json();
    const event = events.items[0].id;
    return [
        "",
        `?${AT}&toward=AFG&sort=posture`,
        `map?${AT}&toward=AFG`,
        "changes",
        "report",
        "report?q=visit",
        "report?kind=visit.made",
        "events",
        `events/${event}`,
        `countries/AFG?${AT}`,
        `relations/TJK/AFG?${AT}`,
        `relations/UZB/AFG?${AT}`,
        `relations/TJK/AFG/why/threat?${AT}`,
        `relations/UZB/AFG/why/representation?${AT}`,
        `relations/TJK/AFG/why/posture?${AT}`,
        "relations/TJK/AFG/diff?from=2022-12-31&to=2023-04-18",
        `relations/TJK/AFG/brief?${AT}`,
        `briefs/AFG?${AT}`,
        "methodology",
        "sources",
        "sign-in",
        "nowhere",
        "?at=never",
    ];
}

/** Collects errors of a page and requests to other hosts. A page that answers with an error on
 *  purpose is no complaint. */
export function watch(page, server) {
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
        const isStatus = message.text().startsWith("Failed to load resource: the server responded with a status of 4");
        if (message.type() === "error" && !isStatus) complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on("request", (request) => {
        const url = new URL(request.url());
        const isOwn = url.origin === new URL(server).origin || ["data:", "blob:"].includes(url.protocol);
        if (!isOwn) complaints.push(`${page.url()} asked ${url.origin}`);
    });
    return complaints;
}
