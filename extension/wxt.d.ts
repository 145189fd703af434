import "wxt/browser";

// What WXT would generate by `wxt prepare`, as far as we use it: so that a fresh clone type-checks without a build.
declare module "wxt/browser" {
  export interface WxtRuntime {
    getURL(path: `/${string}`): string;
  }
}

declare global {
  interface ImportMetaEnv {
    readonly FIREFOX: boolean;
    readonly PROD: boolean;
    /** The server that this build offers at first; empty where it offers none. */
    readonly BECKON_SERVER: string;
  }
}
