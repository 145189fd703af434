import type { RequestHandler } from "express";
import { DatabaseAway } from "../database/pool.ts";
import { AVATAR_TYPE } from "./avatar-image.ts";
import type { Avatars } from "./avatars.ts";

/** Who knows the path may see the picture; at another path there is another one, so that it never changes. */
export function avatarRoute(avatars: Avatars): RequestHandler {
  return async (request, response, next) => {
    const path = /^\/([\w-]{24})$/.exec(request.path)?.[1];
    if ((request.method !== "GET" && request.method !== "HEAD") || path === undefined) {
      next();
      return;
    }
    const picture = await avatars.at(path).catch((error: unknown) => {
      // A file that is gone is a picture that is gone.
      if (isMissing(error)) return undefined;
      throw error instanceof DatabaseAway ? Object.assign(error, { status: 503 }) : error;
    });
    if (picture === undefined) {
      next();
      return;
    }
    response.set({
      "Content-Type": AVATAR_TYPE,
      // By the asking browser alone: a path that has changed is not to be answered by anybody in between.
      "Cache-Control": "private, max-age=31536000, immutable",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Access-Control-Allow-Origin": "*",
    });
    response.send(picture);
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
