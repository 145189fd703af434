import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { type Browser, extensionFolder } from "../../scripts/setup/extension.ts";

const Manifest = v.looseObject({ permissions: v.array(v.string()) });

async function manifestOf(browser: Browser): Promise<Record<string, unknown>> {
  const text = await readFile(join(extensionFolder(browser), "manifest.json"), "utf8");
  return v.parse(Manifest, JSON.parse(text));
}

/** Each has its reason in wxt.config.ts. One more is a question to every person, and a review at each store. */
const permissions = ["alarms", "identity", "idle", "notifications", "storage"];
const origins = ["http://127.0.0.1/*", "http://localhost/*", "https://*/*"];

/** What none of the builds may hold: pages of ours in others' pages, scripts of ours there, and messages from there. */
const NEVER = ["web_accessible_resources", "content_scripts", "host_permissions", "sandbox", "devtools_page"];

function sorted(list: unknown): unknown {
  return Array.isArray(list) ? [...(list as string[])].sort() : list;
}

test("the build for Chrome asks for these permissions and no others", async () => {
  const manifest = await manifestOf("chrome");
  expect(sorted(manifest["permissions"])).toEqual(sorted([...permissions, "offscreen"]));
  expect(sorted(manifest["optional_host_permissions"])).toEqual(origins);
  expect(manifest).not.toHaveProperty("optional_permissions");
  expect(manifest["externally_connectable"]).toEqual({ ids: [] });
  for (const key of NEVER) expect(manifest).not.toHaveProperty(key);
});

test("the build for Firefox asks for these permissions and no others", async () => {
  const manifest = await manifestOf("firefox");
  expect(sorted(manifest["permissions"])).toEqual(permissions);
  expect(sorted(manifest["optional_permissions"])).toEqual(origins);
  for (const key of NEVER) expect(manifest).not.toHaveProperty(key);
});
