/** A rule of the edge: requests that match go to one service of the app. */
export interface Route {
  readonly service: string;
  /** Undefined: the app's own names and port (`<app>.<domain>`). */
  readonly host?: string;
  /** Begins with `/`. Matches whole segments: `/api` matches `/api` and `/api/x`, not `/apix`. */
  readonly path: string;
  readonly stripPrefix: boolean;
}

export interface Redirect {
  readonly host: string;
  readonly to: string;
  readonly status: 301 | 302 | 307 | 308;
}
