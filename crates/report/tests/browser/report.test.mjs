// Opens generated reports in a browser: node report.test.mjs [FOLDER OF REPORTS]
//
// Without an argument it generates them with the example `showcase`. CHROMIUM names another browser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const own = mkdtempSync(join(tmpdir(), "toadstone-report-"));
const folder = process.env.REPORTS || own;
if (!process.env.REPORTS) {
  const manifest = fileURLToPath(new URL("../../Cargo.toml", import.meta.url));
  const run = ["run", "--quiet", "--manifest-path", manifest, "--example", "showcase", "--", folder];
  execFileSync("cargo", run, { stdio: "inherit" });
}
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

// Opens a report and notes everything that it should not do.
async function open(t, name, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const address = pathToFileURL(join(folder, `${name}.html`)).href;
  const wrong = [];
  page.on("console", (message) => wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => wrong.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  page.on("request", (request) => request.url() === address || wrong.push(`request: ${request.url()}`));
  const start = performance.now();
  await page.goto(address);
  return { page, wrong, took: performance.now() - start };
}

const visibleFindings = (page) => page.locator(".finding:visible").count();

for (const name of ["realistic", "hostile", "clean", "nothing", "large", "beyond"]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${name}, ${colorScheme}: no console message, no request, no sideways scrolling`, async (t) => {
      for (const width of [1200, 400]) {
        const { page, wrong } = await open(t, name, { colorScheme, viewport: { width, height: 900 } });
        await page.waitForTimeout(200);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${overflow} px too wide at ${width}`);
        assert.deepEqual(wrong, []);
      }
    });
  }
}

test("hostile text is inert", async (t) => {
  const { page, wrong } = await open(t, "hostile");
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  await page.waitForTimeout(300);
  const state = await page.evaluate(() => ({
    pwned: window.pwned,
    scripts: document.scripts.length,
    foreign: document.querySelectorAll("img, iframe, object, embed, link, base, a[href^=javascript]").length,
    handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name))).length,
    // All that a reader sees, attributes too.
    text: document.documentElement.innerText + [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes].map((a) => a.value)).join(" "),
  }));
  assert.equal(state.pwned, undefined);
  assert.deepEqual([state.scripts, state.foreign, state.handlers], [1, 0, 0]);
  const bad = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e0fff}]/u;
  assert.equal(bad.exec(state.text), null);
  assert.ok(state.text.includes("U+202E") && state.text.includes("<script>"));
  assert.deepEqual(wrong, []);
});

test("the policy stops injected script, style and requests", async (t) => {
  const { page } = await open(t, "realistic");
  const stopped = await page.evaluate(async () => {
    const seen = [];
    document.addEventListener("securitypolicyviolation", (e) => seen.push(e.effectiveDirective));
    const script = document.createElement("script");
    try { script.textContent = "window.pwned = 1"; document.body.append(script); } catch { seen.push("trusted-types"); }
    const style = document.createElement("style");
    style.textContent = "body { display: none }";
    document.head.append(style);
    const image = new Image();
    image.src = "https://example.invalid/x.png";
    await fetch("https://example.invalid/").catch(() => {});
    try { document.body.innerHTML = "<b>x</b>"; } catch { seen.push("innerHTML"); }
    await new Promise((done) => setTimeout(done, 100));
    return { seen, pwned: window.pwned, shown: getComputedStyle(document.body).display };
  });
  assert.equal(stopped.pwned, undefined);
  assert.equal(stopped.shown, "block");
  for (const directive of ["style-src-elem", "img-src", "connect-src", "innerHTML"]) {
    assert.ok(stopped.seen.includes(directive), `${directive} in ${stopped.seen}`);
  }
});

test("keyboard", async (t) => {
  const { page, wrong } = await open(t, "realistic");
  const focused = () => page.evaluate(() => document.activeElement.closest(".finding")?.id);
  await page.keyboard.press("j");
  assert.equal(await focused(), "f-1");
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("j");
  assert.equal(await focused(), "f-4");
  const isOpen = () => page.locator("#f-4").evaluate((e) => e.open);
  const before = await isOpen();
  await page.keyboard.press("Enter");
  assert.equal(await isOpen(), !before);
  await page.keyboard.press("k");
  assert.equal(await focused(), "f-3");
  await page.keyboard.press("?");
  assert.ok(await page.locator("#help").isVisible());
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("#help").isVisible()));
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "query");
  await page.keyboard.type("velvet j");
  assert.equal(await visibleFindings(page), 1);
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "f-1");
  await page.keyboard.press("Escape");
  assert.equal(await visibleFindings(page), 5);
  assert.deepEqual(wrong, []);
});

test("filters by text, severity and detector", async (t) => {
  const { page, wrong } = await open(t, "realistic");
  await page.getByLabel("Filter findings").fill("CYCLISTS");
  assert.equal(await visibleFindings(page), 1);
  await page.getByLabel("Filter findings").fill("nothing like this");
  assert.ok(await page.locator("#none").isVisible());
  await page.getByLabel("Filter findings").fill("");
  await page.getByLabel("medium").uncheck({ force: true });
  assert.equal(await visibleFindings(page), 3);
  await page.getByLabel("Detector").selectOption("planted-trigger");
  assert.equal(await visibleFindings(page), 2);
  assert.equal(await page.locator("#count").textContent(), "Showing 2 of 5, worst first");
  assert.deepEqual(wrong, []);
});

test("5,000 findings: loads, filters a keystroke in under 200 ms, opens the last", async (t) => {
  const { page, wrong, took } = await open(t, "large");
  assert.ok(took < 5000, `loaded in ${took} ms`);
  assert.equal(await page.locator(".finding").count(), 5000);
  assert.equal(await page.locator("template").count(), 4975);
  // From the key to the next picture, the first one before anything was gathered while idle.
  const times = [];
  for (const text of ["g", "ga", "gar", "garnet", "garnet 49", "", "garnet"]) {
    times.push(
      await page.evaluate(async (text) => {
        const query = document.getElementById("query");
        const start = performance.now();
        query.value = text;
        query.dispatchEvent(new Event("input"));
        document.body.offsetHeight;
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        return performance.now() - start;
      }, text),
    );
    await page.waitForTimeout(300);
  }
  t.diagnostic(`loaded in ${took.toFixed(0)} ms; keystrokes: ${times.map((x) => x.toFixed(0)).join(", ")} ms`);
  assert.ok(Math.max(...times) < 200, `${times}`);
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  assert.equal(await visibleFindings(page), 200);
  await page.locator("#f-200").scrollIntoViewIfNeeded();
  await page.locator("#f-201").waitFor();
  await page.getByLabel("Filter findings").fill(" 4999");
  const last = page.locator("#f-5000");
  await last.locator("summary").click();
  assert.equal(await last.locator(".rows li").count(), 2);
  assert.deepEqual(wrong, []);
});

test("what is cut is said", async (t) => {
  const { page } = await open(t, "beyond");
  assert.equal(await page.locator(".finding").count(), 5000);
  assert.match(await page.locator("#findings").innerText(), /worst 5,000 of 5,001 findings/);
});

test("a link to a finding opens it", async (t) => {
  const { page } = await open(t, "large");
  await page.evaluate(() => (location.hash = "#f-300"));
  await page.locator("#f-300 .body").waitFor();
});

test("without JavaScript the first findings can be read", async (t) => {
  const { page } = await open(t, "large", { javaScriptEnabled: false });
  assert.ok(await page.locator("#f-1 .rows li").first().isVisible());
  await page.locator("#f-25 summary").click();
  assert.ok(await page.locator("#f-25 .body").isVisible());
  assert.ok(!(await page.locator("#tools").isVisible()));
});

test("prints with findings open", async (t) => {
  const { page } = await open(t, "realistic");
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator(".finding[open]").count(), 5);
  assert.ok((await page.pdf()).length > 10_000);
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
  const out = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, style, template, .sr, dialog")) continue;
    const style = getComputedStyle(element);
    const front = rgb(element instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(front), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const name = `${element.localName}.${element.className.baseVal ?? element.className}`;
    if (!(out[name] <= ratio)) out[name] = ratio;
  }
  return out;
};

for (const colorScheme of ["light", "dark"]) {
  test(`contrast of all text, ${colorScheme}`, async (t) => {
    let least = Infinity;
    for (const name of ["realistic", "hostile", "clean", "nothing", "large"]) {
      const { page } = await open(t, name, { colorScheme });
      const found = await page.evaluate(contrasts);
      const weak = Object.entries(found).filter(([, ratio]) => ratio < 4.5);
      assert.deepEqual(weak, []);
      least = Math.min(least, ...Object.values(found));
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(background, colorScheme === "dark" ? "rgb(20, 24, 26)" : "rgb(250, 249, 246)");
    }
    t.diagnostic(`least contrast ${least.toFixed(2)}`);
  });
}

test("close", async () => {
  await browser.close();
  rmSync(own, { recursive: true, force: true });
});
