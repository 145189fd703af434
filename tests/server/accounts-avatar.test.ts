import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { MAX_IMAGE_BYTES, ParseCode, PARSE_APP_ID } from "#protocol";
import type { Client } from "pg";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectTo } from "../support/database-client.ts";
import { drawing, halves } from "../support/drawings.ts";
import { startTestDatabase, type TestDatabase } from "../support/backend-accounts.ts";
import type { OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

let database: TestDatabase;
let app: TestApp;
let client: Client;
let count = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  app = await startApp({ env: { DATABASE_URI: database.uri } });
  client = await connectTo(database.uri);
});

afterAll(async () => {
  await client.end();
  await app.close();
  await database.stop();
});

function newcomer(): Promise<AppPerson> {
  count += 1;
  return app.signUp(`Faye-${String(count)} Someone`);
}

async function friends(): Promise<[AppPerson, AppPerson]> {
  const [one, other] = [await newcomer(), await newcomer()];
  await app.befriend(one, other);
  return [one, other];
}

const jpeg = async () => (await drawing().jpeg().toBuffer()).toString("base64");

async function setAvatar(person: AppPerson, image: string): Promise<string> {
  const { user } = await person.call("setAvatar", { image });
  expect(user.avatar).toMatch(/^\/avatars\/[\w-]{24}$/);
  return user.avatar!;
}

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(app.url + path, init);
}

async function pictureAt(path: string): Promise<Buffer> {
  const response = await get(path);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

async function listed(person: AppPerson, other: AppPerson) {
  const { contacts } = await person.call("listContacts", {});
  return contacts.find(({ user }) => user === other.id);
}

async function files(): Promise<string[]> {
  return (await readdir(join(app.config.dataDir, "files")).catch(() => [])).sort();
}

describe("a picture", () => {
  it("is made anew: upright, square, and without a word of where and with what it was taken", async () => {
    const person = await newcomer();
    const exif = { IFD0: { Make: "Spycam", Copyright: "Secret" }, IFD3: { GPSLatitude: "35/1 40/1 0/1" } };
    // Lying on its side, as cameras write it.
    const lying = sharp(await drawing().png().toBuffer()).rotate(90);
    const image = await lying.withMetadata({ orientation: 8, exif }).jpeg().toBuffer();
    expect(image.toString("latin1")).toContain("Spycam");
    const picture = await pictureAt(await setAvatar(person, image.toString("base64")));
    const metadata = await sharp(picture).metadata();
    expect(metadata).toMatchObject({ format: "webp", width: 256, height: 256 });
    for (const part of ["exif", "icc", "iptc", "xmp", "orientation"]) expect(metadata).not.toHaveProperty(part);
    expect(picture.toString("latin1")).not.toMatch(/Spycam|Secret/);
    expect(await halves(picture)).toEqual(["red", "blue"]);
  });

  it.each([
    ["PNG", () => drawing().png().toBuffer()],
    ["WebP", () => drawing().webp().toBuffer()],
    [
      "an animated GIF, of which the first frame is taken",
      async () =>
        sharp([await drawing().toFormat("gif").toBuffer(), await drawing().negate().gif().toBuffer()], {
          join: { animated: true },
        })
          .gif()
          .toBuffer(),
    ],
  ])("may be %s", async (_what, make) => {
    const picture = await pictureAt(await setAvatar(await newcomer(), (await make()).toString("base64")));
    expect(await sharp(picture).metadata()).toMatchObject({ format: "webp", width: 256, height: 256 });
    expect(await halves(picture)).toEqual(["red", "blue"]);
  });

  it.each([
    ["text", () => Buffer.from("not a picture")],
    ["a page that begins like a GIF", () => Buffer.from("GIF89a<script>alert(1)</script>")],
    ["half a file", async () => (await drawing().jpeg().toBuffer()).subarray(0, 700)],
    [
      "SVG",
      () =>
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'),
    ],
    ["TIFF", () => drawing().tiff().toBuffer()],
    ["AVIF", () => drawing(32, 32).avif().toBuffer()],
    [
      "a bomb of 30 million pixels",
      () =>
        sharp({ create: { width: 6_000, height: 5_000, channels: 3, background: "red" } })
          .png()
          .toBuffer(),
    ],
  ])("may not be %s", async (_what, make) => {
    const image = Buffer.from(await make()).toString("base64");
    expect(image.length).toBeLessThan(MAX_IMAGE_BYTES);
    await expect((await newcomer()).call("setAvatar", { image })).rejects.toThrow(
      "In setAvatar 'image' must be a picture: JPEG, PNG, WebP or GIF.",
    );
  });

  it("may be 1 MB large, and nothing else may", async () => {
    const person = await newcomer();
    const noise = Buffer.from(await drawing().jpeg().toBuffer());
    // Whatever stands behind the end of a JPEG is none of it.
    const large = Buffer.concat([noise, Buffer.alloc(MAX_IMAGE_BYTES - noise.length, 1)]);
    await setAvatar(person, large.toString("base64"));
    await expect(
      person.call("setAvatar", { image: Buffer.concat([large, Buffer.from("xyz")]).toString("base64") }),
    ).rejects.toThrow("must be at most 1 MB large");
    const send = (name: string, body: string) =>
      fetch(`${app.url}/parse/functions/${name}`, {
        method: "POST",
        body,
        headers: { "X-Parse-Application-Id": PARSE_APP_ID, "Content-Type": "application/json" },
      });
    const huge = await send("setAvatar", JSON.stringify({ image: "A".repeat(2_000_000) }));
    expect([huge.status, await huge.text()]).toEqual([413, expect.stringContaining("at most 1369 KiB")]);
    for (const name of ["requestContact", "signUp", "updateProfile"]) {
      expect((await send(name, JSON.stringify({ handle: "x".repeat(70_000) }))).status).toBe(413);
    }
    await expect(person.call("setAvatar", { image: "not base64!" })).rejects.toThrow("must be base64");
  });
});

describe("the path to a picture", () => {
  it("is given to its owner's devices and to contacts, and answers like a file that never changes", async () => {
    const [person, friend] = await friends();
    const [own, theirs] = [await person.connect(), await friend.connect()];
    expect(own.welcome.user).not.toHaveProperty("avatar");
    const path = await setAvatar(person, await jpeg());
    expect((await own.next("self")).user).toMatchObject({ avatar: path });
    expect(await theirs.next("contacts.changed")).toMatchObject({ user: person.id });
    expect((await listed(friend, person))!.avatar).toBe(path);
    expect((await person.connect()).welcome.user.avatar).toBe(path);
    const response = await get(path);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/webp",
      "cache-control": "private, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "cross-origin",
      "access-control-allow-origin": "*",
      "content-security-policy": expect.stringContaining("default-src 'none'") as string,
    });
    expect((await get(path, { method: "HEAD" })).status).toBe(200);
  });

  it("is not given to who only asks, or is asked", async () => {
    const [person, stranger] = [await newcomer(), await newcomer()];
    await setAvatar(person, await jpeg());
    await person.call("requestContact", { handle: stranger.account.handle });
    expect(await listed(stranger, person)).toMatchObject({ state: "incoming" });
    expect(await listed(stranger, person)).not.toHaveProperty("avatar");
    await person.call("listContacts", {});
    expect(JSON.stringify(await person.call("listContacts", {}))).not.toContain("avatar");
  });

  it("changes with the picture, and the old one leads nowhere; so it is when the picture is taken away", async () => {
    const [person, friend] = await friends();
    const before = await files();
    const first = await setAvatar(person, await jpeg());
    const second = await setAvatar(person, (await drawing().png().toBuffer()).toString("base64"));
    expect(second).not.toBe(first);
    expect((await get(first)).status).toBe(404);
    expect((await get(second)).status).toBe(200);
    // The old file is gone as well.
    expect(await files()).toHaveLength(before.length + 1);
    const at = await friend.connect();
    const { user } = await person.call("setAvatar", { image: "" });
    expect(user).not.toHaveProperty("avatar");
    await at.next("contacts.changed");
    expect(await listed(friend, person)).not.toHaveProperty("avatar");
    expect((await get(second)).status).toBe(404);
    expect(await files()).toEqual(before);
  });

  it("is nothing that can be guessed, and no other way leads to a file", async () => {
    const path = await setAvatar(await newcomer(), await jpeg());
    const [name = ""] = await files();
    for (const wrong of [
      `${path}x`,
      path.slice(0, -1),
      path.toLowerCase() === path ? path.toUpperCase() : path.toLowerCase(),
      "/avatars",
      "/avatars/",
      `/avatars/${name}`,
      `/avatars/..%2ffiles%2f${name}`,
      `${path}/..`,
      `/files/${name}`,
      `/parse/files/${name}`,
      `/parse/files/beckon/${name}`,
    ]) {
      expect((await get(wrong)).status, wrong).toBe(404);
    }
    expect((await get(path, { method: "POST" })).status).toBe(404);
  });

  it("of both changes when they are contacts no longer; those who still are hear of it", async () => {
    const [person, friend] = await friends();
    const other = await newcomer();
    await app.befriend(person, other);
    const [old, oldOfFriend] = [await setAvatar(person, await jpeg()), await setAvatar(friend, await jpeg())];
    const [atOther, own] = [await other.connect(), await person.connect()];
    await friend.call("removeContact", { user: person.id });
    expect(await atOther.next("contacts.changed")).toMatchObject({ user: person.id });
    const { avatar } = (await listed(other, person))!;
    expect(avatar).not.toBe(old);
    expect((await own.next("self")).user!.avatar).toBe(avatar);
    expect((await pictureAt(avatar!)).length).toBeGreaterThan(100);
    for (const gone of [old, oldOfFriend]) expect((await get(gone)).status).toBe(404);
  });
});

describe("[PRES-5] whom somebody blocks", () => {
  /** What the blocked one is told and reads, and their friend who is not blocked. */
  async function blocked(): Promise<{
    person: AppPerson;
    other: AppPerson;
    atOther: OnlineClient;
    old: string;
    own: string;
  }> {
    const [person, other] = await friends();
    const [old, own] = [await setAvatar(person, await jpeg()), await setAvatar(other, await jpeg())];
    const atOther = await other.connect();
    await person.call("blockContact", { user: other.id });
    return { person, other, atOther, old, own };
  }

  it("[DEC-42] sees the picture of that moment at another path, as after any change, and then nothing new", async () => {
    const { person, other, atOther, old, own } = await blocked();
    const watcher = await newcomer();
    await app.befriend(person, watcher);
    expect(await atOther.next("contacts.changed")).toMatchObject({ user: person.id });
    expect((await get(old)).status).toBe(404);
    // Of being blocked one's own picture says nothing.
    expect(atOther.waiting("self")).toEqual([]);
    expect((await get(own)).status).toBe(200);
    const seen = await listed(other, person);
    expect(seen).toMatchObject({ state: "accepted", avatar: expect.stringMatching(/^\/avatars\//) as string });
    expect(seen!.avatar).not.toBe(old);
    expect(seen!.avatar).not.toBe((await listed(watcher, person))!.avatar);
    expect(await listed(person, other)).not.toHaveProperty("avatar");
    const picture = await pictureAt(seen!.avatar!);
    await setAvatar(person, (await drawing().negate().png().toBuffer()).toString("base64"));
    await person.call("updateProfile", { name: "Secret", username: `secret.${String(count)}` });
    await atOther.fence();
    expect(atOther.waiting("contacts.changed")).toEqual([]);
    expect(await listed(other, person)).toEqual(seen);
    expect(await pictureAt(seen!.avatar!)).toEqual(picture);
    const again = await other.connect();
    expect(JSON.stringify(again.welcome)).not.toMatch(/secret/i);
  });

  it("[DEC-42] sees them as they are once they are blocked no longer", async () => {
    const { person, other, atOther } = await blocked();
    await atOther.next("contacts.changed");
    const frozen = (await listed(other, person))!.avatar!;
    const path = await setAvatar(person, (await drawing().negate().png().toBuffer()).toString("base64"));
    await person.call("updateProfile", { name: "Renamed" });
    await person.call("unblockContact", { user: other.id });
    expect(await atOther.next("contacts.changed")).toMatchObject({ user: person.id });
    expect(await listed(other, person)).toMatchObject({ name: "Renamed", avatar: path });
    expect((await get(frozen)).status).toBe(404);
  });

  it("loses the picture with the contact, whoever ends it", async () => {
    const { person, other, atOther } = await blocked();
    await atOther.next("contacts.changed");
    const frozen = (await listed(other, person))!.avatar!;
    await other.call("removeContact", { user: person.id });
    expect((await get(frozen)).status).toBe(404);
    expect(await listed(other, person)).toBeUndefined();
  });
});

describe("files", () => {
  it("that no row names are removed when the next picture is set, also those that a crash left behind", async () => {
    const person = await newcomer();
    await setAvatar(person, await jpeg());
    const { rows } = await client.query<{ file: string }>(
      `SELECT "avatar" ->> 'file' AS file FROM "_User" WHERE "objectId" = $1`,
      [person.id],
    );
    const [{ file } = { file: "" }] = rows;
    expect(await files()).toContain(file);
    // Written, and the server killed before the row named it.
    await client.query(`UPDATE "_User" SET "avatar" = NULL WHERE "objectId" = $1`, [person.id]);
    await client.query("INSERT INTO beckon_stale_file (name, since) VALUES ($1, now() - interval '1 second')", [file]);
    await setAvatar(await newcomer(), await jpeg());
    expect(await files()).not.toContain(file);
    expect((await client.query("SELECT 1 FROM beckon_stale_file WHERE name = $1", [file])).rows).toEqual([]);
  });

  it("are nobody's but the server's", async () => {
    const person = await newcomer();
    await setAvatar(person, await jpeg());
    await expect(person.call("setAvatar", { image: "AAAA" })).rejects.toThrow(`"code":${String(ParseCode.invalid)}`);
    const response = await fetch(`${app.url}/parse/files/x.webp`, {
      method: "POST",
      body: "x",
      headers: { "X-Parse-Application-Id": PARSE_APP_ID, "X-Parse-Session-Token": person.account.token },
    });
    expect(response.status).toBe(404);
  });
});
