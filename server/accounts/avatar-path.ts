import { AVATARS_PATH } from "#protocol";
import { randomBytes } from "node:crypto";

/** A picture as a row names it: which file, and the path that is the permission to see it. */
export interface KeptAvatar {
  file: string;
  path: string;
}

/** Nobody can guess it. */
export function newAvatarPath(): string {
  return randomBytes(18).toString("base64url");
}

/** As clients are told of it; nothing where there is none. */
export function avatarOfRow(path: string | null | undefined): { avatar?: string } {
  return path === null || path === undefined ? {} : { avatar: `${AVATARS_PATH}/${path}` };
}
