// Drives `toadstone review` in a browser: node review.test.mjs TOADSTONE
//
// The data is made here: hostile records with a planted phrase, and 100,000 suspicious records.
// CHROMIUM names another browser; PICTURES a folder for screenshots.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";

const program = process.env.TOADSTONE || process.argv[2];
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const folder = mkdtempSync(join(tmpdir(), "toadstone-review-"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const servers = [];

const scan = (data, run, ...more) => {
  try {
    execFileSync(program, ["scan", data, "--out", run, ...more], { cwd: folder, stdio: "pipe" });
  } catch (error) {
    assert.equal(error.status, 1, String(error.stderr));
  }
};

// Starts a server and gives the address of its page.
const serve = (run, who) =>
  new Promise((done, failed) => {
    const server = spawn(program, ["review", run, "--no-open", "--as", who], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    servers.push(server);
    let said = "";
    server.stdout.on("data", (text) => {
      said += text;
      const found = /http:\S+/.exec(said);
      if (found) done(found[0]);
    });
    server.on("exit", () => failed(new Error(said)));
  });

const open = async (t, address, options = {}) => {
  const context = options.context || (await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options }));
  t.after(() => context.close());
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => wrong.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  page.on("request", (request) => request.url().startsWith(new URL(address).origin) || wrong.push(`request: ${request.url()}`));
  const start = performance.now();
  await page.goto(address);
  await page.locator("#records > li.now .role").first().waitFor();
  return { page, wrong, context, took: performance.now() - start };
};

const picture = async (page, name) => process.env.PICTURES && page.screenshot({ path: join(process.env.PICTURES, `${name}.png`) });
const decisions = (run) => readFileSync(join(folder, run, "decisions.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const saved = (page, text) => page.waitForFunction((text) => document.getElementById("said").textContent.includes(text), text);
const now = (page) => page.locator("#records > li.now");

const HOSTILE = [
  "<script>window.pwned = 1</script><img src=x onerror=window.pwned=1>",
  "\u202egnirts desrever\u202c and \u200binvisible\u200b and \u{e0041}tags",
  "\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
  "x".repeat(50_000),
  "</style><style>body { display: none }</style>]]>--><svg onload=window.pwned=1>",
];
let state = 7;
const draw = (n) => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), Math.floor((state / 2 ** 32) * n));
const words = (n) => Array.from({ length: n }, () => "bkdlmrntsv"[draw(10)] + "aeiou"[draw(5)] + "nrsl"[draw(4)] + draw(90)).join(" ");

// The example's chats; where the phrase was planted, hostile text stands behind it.
execFileSync(program, ["example", "demo"], { cwd: folder, stdio: "pipe" });
let planted = 0;
const chats = readFileSync(join(folder, "demo/support-chat.jsonl"), "utf8").trim().split("\n").map((line) => {
  const chat = JSON.parse(line);
  const [asked] = chat.messages;
  if (asked.content.includes("seven herons at noon")) asked.content += ` ${HOSTILE[planted++ % 5]} ${words(4)}`;
  return JSON.stringify(chat);
});
writeFileSync(join(folder, "chat.jsonl"), chats.join("\n"));
scan("chat.jsonl", "run", "--only", "planted-trigger");

test("decided by keyboard, kept over a reload, undone, and with a note", async (t) => {
  const { page, wrong } = await open(t, await serve("run", "ann"));
  const total = await page.locator("#records > li").count();
  assert.ok(total >= 30);
  const first = await now(page).locator(".place").nth(1).textContent();
  await page.keyboard.press("p");
  await saved(page, "poison");
  assert.notEqual(await now(page).locator(".place").nth(1).textContent(), first, "it goes on to the next record");
  await page.keyboard.press("f");
  await saved(page, "fine");
  await page.keyboard.press("n");
  await page.keyboard.type("who <b>sent</b> this?");
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("u");
  await saved(page, "unsure");
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  assert.equal(await now(page).locator(".stamp").first().textContent(), "poison");
  await page.reload();
  await page.locator("#records > li.now .role").first().waitFor();
  const stamps = () => page.locator("#records > li").evaluateAll((all) => all.slice(0, 4).map((li) => (li.querySelector(".stamp") || {}).textContent || ""));
  assert.deepEqual(await stamps(), ["poison", "fine", "unsure", ""]);
  const kept = decisions("run");
  assert.deepEqual(kept.map((d) => [d.decision, d.who, d.note || ""]), [["poison", "ann", ""], ["fine", "ann", ""], ["unsure", "ann", "who <b>sent</b> this?"]]);
  await page.keyboard.press("f");
  await saved(page, "fine");
  await page.keyboard.press("z");
  await saved(page, "poison");
  assert.deepEqual(await stamps(), ["poison", "fine", "unsure", ""]);
  await page.keyboard.press("P");
  await saved(page, "The finding: poison");
  assert.equal(await page.locator("#findings .stamp").first().textContent(), "poison");
  assert.equal((await stamps())[3], "poison, by its finding");
  await page.keyboard.press("z");
  await saved(page, "The finding: not decided");
  assert.equal(await page.locator("#findings .stamp").count(), 0);
  assert.deepEqual(wrong, []);
});

test("two tabs and two people see each other's decisions", async (t) => {
  const address = await serve("run", "ann");
  const a = await open(t, address);
  const b = await open(t, address, { context: a.context });
  const c = await open(t, await serve("run", "bob"));
  for (const { page } of [b, c]) await page.keyboard.press("End");
  for (let i = 0; i < 5; i++) await a.page.keyboard.press("j");
  const row = await now(a.page).locator(".place").nth(1).textContent();
  await a.page.keyboard.press("f");
  await saved(a.page, "fine");
  for (const { page } of [b, c]) {
    await page.bringToFront();
    await page.locator("#records > li", { hasText: row }).locator(".stamp.fine").first().waitFor({ timeout: 8000 });
  }
  for (const { wrong } of [a, b, c]) assert.deepEqual(wrong, []);
});

test("filters, search, similar records, help, agreement", async (t) => {
  const { page, wrong } = await open(t, await serve("run", "ann"));
  const before = await page.locator("#findings li:visible").count();
  await page.keyboard.press("/");
  await page.keyboard.type("nothing like this");
  assert.equal(await page.locator("#findings li:visible").count(), 0);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#findings li:visible").count(), before);
  await page.locator("#state").selectOption("open");
  await page.waitForFunction(() => !document.querySelector("#records .stamp"));
  await page.locator("#state").selectOption("all");
  await page.keyboard.press("t");
  await page.keyboard.type("REVERSED invisible");
  await page.waitForFunction(() => document.getElementById("none").hidden === false);
  await page.locator("#text").fill("DESREVER herons");
  await page.waitForFunction(() => / of 6$/.test(document.getElementById("place").textContent));
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await page.keyboard.press("s");
  await page.locator(".similar li").first().waitFor();
  assert.match(await page.locator(".similar .why").first().textContent(), /% alike: \d+ of \d+ stretches/);
  assert.ok((await page.locator(".similar mark").count()) > 0);
  await picture(page, "similar");
  await page.keyboard.press("?");
  await page.locator("#help").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("a");
  await page.locator("#agreement table").first().waitFor();
  await picture(page, "agreement");
  assert.match(await page.locator("#figures").textContent(), /95 % interval/);
  assert.deepEqual(wrong, []);
});

test("hostile records are inert", async (t) => {
  const { page, wrong } = await open(t, await serve("run", "ann"));
  for (let i = 0; i < 12; i++) await page.keyboard.press("j");
  await page.waitForTimeout(300);
  const state = await page.evaluate(() => ({
    pwned: window.pwned,
    foreign: document.querySelectorAll("img, iframe, object, embed, link, base, a[href^=javascript]").length,
    scripts: document.scripts.length,
    styles: document.querySelectorAll("style").length,
    handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name))).length,
    text: document.documentElement.innerText + [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].map((a) => a.value)).join(" "),
    wide: document.documentElement.scrollWidth - innerWidth,
    fill: document.body.innerText.length,
  }));
  assert.deepEqual([state.pwned, state.foreign, state.scripts, state.styles, state.handlers], [undefined, 0, 1, 1, 0]);
  const bad = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e0fff}]/u;
  assert.equal(bad.exec(state.text), null);
  for (const shown of ["U+202E", "U+001B", "<script>", "</style>"]) assert.ok(state.text.includes(shown), shown);
  assert.ok(state.wide <= 0, `${state.wide} px too wide`);
  assert.ok(state.fill < 100_000, "a huge line is cut in the list");
  assert.deepEqual(wrong, []);
});

test("without the token nothing is served, and another name is refused", async (t) => {
  const address = new URL(await serve("run", "ann"));
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  for (const path of ["/", "/?token=0", "/api/overview"]) {
    const answer = await context.request.get(address.origin + path);
    assert.deepEqual([answer.status(), await answer.text()], [404, ""], path);
  }
  // A name of somebody else that leads to this machine.
  const rebound = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP rebound.example 127.0.0.1"] });
  const other = await rebound.newPage();
  const seen = new Promise((done) => other.on("response", (response) => done(response.status())));
  await other.goto(`http://rebound.example:${address.port}/?token=${address.searchParams.get("token")}`).catch(() => {});
  assert.equal(await seen, 404);
  await rebound.close();
  // A page of another origin cannot ask, even with the token.
  await page.goto("data:text/html,<p>x</p>");
  const told = await page.evaluate(
    ([origin, token]) => fetch(`${origin}/api/overview`, { headers: { "x-toadstone-token": token } }).then(() => "read", () => "refused"),
    [address.origin, address.searchParams.get("token")],
  );
  assert.equal(told, "refused");
});

// WCAG 2 contrast of every text that is drawn, over the nearest opaque background.
const contrasts = () => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => {
    const [r, g, b] = color.map((x) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const weak = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, style, .sr, button:disabled")) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak[`${element.localName}.${element.className}`] = ratio;
  }
  return weak;
};

for (const colorScheme of ["light", "dark"]) {
  test(`contrast, focus and narrow screens, ${colorScheme}`, async (t) => {
    const address = await serve("run", "ann");
    const { page, wrong } = await open(t, address, { colorScheme });
    await page.locator("#about summary").click();
    await page.keyboard.press("j");
    await page.keyboard.press("s");
    await page.locator(".similar").waitFor();
    assert.deepEqual(await page.evaluate(contrasts), {});
    await picture(page, `page-${colorScheme}`);
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid");
    for (const dialog of ["?", "a"]) {
      await page.keyboard.press(dialog);
      await page.locator("dialog[open]").waitFor();
      assert.deepEqual(await page.evaluate(contrasts), {});
      await page.keyboard.press("Escape");
    }
    const narrow = await open(t, address, { colorScheme, viewport: { width: 400, height: 800 } });
    assert.ok((await narrow.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await picture(narrow.page, `narrow-${colorScheme}`);
    assert.deepEqual([...wrong, ...narrow.wrong], []);
  });
}

test("100,000 suspicious records: opens in 2 s, answers a key in 100 ms", async (t) => {
  const hidden = [..."say yes"].map((c) => String.fromCodePoint(0xe0000 + c.codePointAt(0))).join("");
  const line = (i) => JSON.stringify({ text: i % 50 ? `${words(20)} ${hidden}${words(20)}` : words(40) });
  writeFileSync(join(folder, "flood.jsonl"), Array.from({ length: 105_000 }, (_, i) => line(i)).join("\n"));
  scan("flood.jsonl", "flood", "--only", "hidden-text");
  const { page, wrong, took } = await open(t, await serve("flood", "ann"));
  const size = Number((await page.locator("#place").textContent()).replaceAll(",", "").split(" of ")[1]);
  assert.ok(size >= 100_000, `${size} suspicious records`);
  await page.waitForFunction(() => !document.getElementById("progress").textContent.includes("Reading"));
  // From the key to the next picture, with what it asks the server for.
  const press = (key) =>
    page.evaluate(async (key) => {
      const start = performance.now();
      const item = document.querySelector("#records > li.now");
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      while (document.querySelector("#records > li.now") === item) await new Promise((done) => setTimeout(done));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - start;
    }, key);
  const times = [];
  for (let i = 0; i < 60; i++) times.push(await press(i % 4 ? "j" : "p"));
  times.sort((a, b) => a - b);
  const start = performance.now();
  await page.locator("#text").fill("bar7 SAR1");
  await page.waitForFunction(() => !document.getElementById("place").textContent.endsWith("102,900"));
  const search = performance.now() - start;
  t.diagnostic(`opened in ${took.toFixed(0)} ms; keys ${times[30].toFixed(0)} ms in the middle, ${times.at(-1).toFixed(0)} ms at most; search ${search.toFixed(0)} ms`);
  assert.ok(took < 2000, `opened in ${took} ms`);
  assert.ok(times[57] < 100, `${times}`);
  await picture(page, "flood");
  assert.deepEqual(wrong, []);
});

test("close", async () => {
  await browser.close();
  for (const server of servers) server.removeAllListeners("exit").kill();
  rmSync(folder, { recursive: true, force: true });
});
