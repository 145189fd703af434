/** The instant at which every scene takes place: a Tuesday, 10:42. In ms since 1970. */
export const NOW = new Date(2026, 9, 13, 10, 42).getTime();
