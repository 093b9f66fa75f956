// The event that the generated clients report, and the environment that they run in.

declare const process: { env: Record<string, string | undefined>; exitCode: number };

export const server = process.env["DETENTE_HTTP"] ?? "";

// Assignable to the type of each client, or the compiler refuses it.
export const visit = {
  kind: "visit.made",
  actors: ["KGZ"],
  recipients: ["UZB"],
  occurred: "2024-06-01",
  details: { level: "minister" as const },
  title: { en: "A visit", ar: "زيارة" },
  report: { publisher: "A wire agency", language: "en", grade: "B2" },
};

export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

export function run(name: string, test: () => Promise<number>): void {
  test().then(
    (events) => console.log(`${name}: reported, read, and found among ${events} events in pages`),
    (error: unknown) => {
      console.error(name, error);
      process.exitCode = 1;
    },
  );
}
