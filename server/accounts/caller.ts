import { DeviceId, UserId } from "#protocol";
import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Database } from "../database/pool.ts";
import type { Profile } from "./accounts.ts";
import { sessionOver } from "./refusals.ts";

/** Who calls a function. */
export interface Caller {
  /** The account of the session. */
  user: Profile;
  /** Names the session; no secret. */
  session: string;
  /** As the request names it. */
  device: DeviceId;
  /** Who is counted for the request. */
  address: string;
}

/** What Parse hands to a function, as far as it is used; everything in it is from outside. */
export interface FunctionRequest {
  params: unknown;
  user?: undefined | { getSessionToken(): string | null };
  installationId?: string | undefined;
  headers?: Record<string, unknown>;
}

/** In which the front door tells a function for whom the request is counted. Nobody outside can. */
export const ADDRESS_HEADER = "x-beckon-address";

/** Where no session is needed. */
export function anybody(request: FunctionRequest): Caller {
  return { user: NOBODY, session: "", ...placeOf(request) };
}

/** By the session as it is kept at this moment: Parse may still remember one that has ended. */
export async function callerOf(request: FunctionRequest, database: Database): Promise<Caller> {
  const token = request.user?.getSessionToken() ?? undefined;
  const [row] = token === undefined ? [] : await database.rows(CALLER, [token]);
  if (row === undefined) throw sessionOver();
  const { session, ...user } = v.parse(CallerRow, row);
  return { user, session, ...placeOf(request) };
}

function placeOf({ installationId, headers }: FunctionRequest): { device: DeviceId; address: string } {
  const device = v.safeParse(DeviceId, installationId);
  const address = headers?.[ADDRESS_HEADER];
  return {
    device: device.success ? device.output : v.parse(DeviceId, randomUUID()),
    address: typeof address === "string" ? address : "",
  };
}

const CALLER = `
  SELECT u."objectId" AS id, u."username" AS handle, coalesce(u."name", u."username") AS name, s."objectId" AS session
  FROM "_Session" AS s JOIN "_User" AS u ON u."objectId" = s."user"
  WHERE s."sessionToken" = $1 AND s."expiresAt" > now()`;
const CallerRow = v.object({ id: UserId, handle: v.string(), name: v.string(), session: v.string() });
const NOBODY: Profile = { id: v.parse(UserId, "nobody"), handle: "", name: "" };
