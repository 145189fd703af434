import type { UserId } from "#protocol";
import type { DatabasePool } from "../database/pool.ts";
import type { Alone } from "./alone.ts";
import { AVATAR_TYPE, avatarOf } from "./avatar-image.ts";
import { newAvatarPath, type KeptAvatar } from "./avatar-path.ts";
import { fileAt } from "./avatar-rows.ts";
import { listAsStale, nameFile, type KeptFiles } from "./kept-files.ts";
import { busy, sessionOver, wrongField } from "./refusals.ts";
import { tellProfile } from "./tell-profile.ts";

/** When to come back while an own picture is being made. */
const ONE_AFTER_MS = 1_000;

/** People's pictures. */
export class Avatars {
  readonly #database: DatabasePool;
  readonly #alone: Alone;
  readonly #files: KeptFiles;
  /** Whose picture is being made: nobody fills the queue alone. */
  readonly #busy = new Set<UserId>();

  constructor(database: DatabasePool, alone: Alone, files: KeptFiles) {
    this.#database = database;
    this.#alone = alone;
    this.#files = files;
  }

  /** Takes another picture, in base64, or with an empty text none. */
  async set(user: UserId, image: string): Promise<void> {
    if (image === "") await this.#replace(user, null);
    else await this.#replace(user, { file: await this.#make(user, image), path: newAvatarPath() });
    await this.#files.sweep();
  }

  /** Answers with the name of the file. */
  async #make(user: UserId, image: string): Promise<string> {
    if (this.#busy.has(user)) throw busy(ONE_AFTER_MS);
    this.#busy.add(user);
    try {
      const picture = await avatarOf(Buffer.from(image, "base64"));
      if (picture !== undefined) return await this.#files.add(picture, AVATAR_TYPE);
    } finally {
      this.#busy.delete(user);
    }
    throw wrongField("image", "In setAvatar 'image' must be a picture: JPEG, PNG, WebP or GIF.");
  }

  /** The picture at a path; undefined where there is none, or none any more. */
  async at(path: string): Promise<Buffer | undefined> {
    const file = await fileAt(this.#database, path);
    return file === undefined ? undefined : this.#files.read(file);
  }

  async #replace(user: UserId, avatar: KeptAvatar | null): Promise<void> {
    await this.#alone(async (database, tell) => {
      const [before] = await database.rows<{ file: string | null }>(
        `SELECT "avatar" ->> 'file' AS file FROM "_User" WHERE "objectId" = $1 FOR UPDATE`,
        [user],
      );
      if (before === undefined) throw sessionOver();
      await database.rows(`UPDATE "_User" SET "avatar" = $2, "updatedAt" = now() WHERE "objectId" = $1`, [
        user,
        avatar,
      ]);
      if (avatar !== null) await nameFile(database, avatar.file);
      if (before.file !== null) await listAsStale(database, before.file);
      if (avatar !== null || before.file !== null) await tellProfile(database, tell, user);
    });
  }
}
