import { createNodeResolver, importX } from "eslint-plugin-import-x";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** `from` may import nothing of `rooms`: the arrows of docs/architecture.md point one way. */
function closed(target: string, ...rooms: string[]) {
  return rooms.map((from) => ({
    target: `./${target}`,
    from: `./${from}`,
    message: `${target} must not know ${from}; see docs/architecture.md`,
  }));
}

const arrows = [
  ...closed("protocol", "extension", "server", "tests", "scripts"),
  ...closed("server", "extension", "tests", "scripts"),
  ...closed("server/oidc", "server/gateway", "server/accounts", "server/media", "server/database", "server/core"),
  ...closed(
    "server/core",
    "server/oidc",
    "server/gateway",
    "server/accounts",
    "server/media",
    "server/database",
    "server/http",
    "server/mail",
    "server/pages",
    "server/locales",
  ),
  ...closed("server/gateway", "server/database", "server/mail", "server/pages", "server/locales"),
  ...closed("server/accounts", "server/gateway", "server/media", "server/pages"),
  ...closed("server/media", "server/gateway", "server/accounts", "server/database", "server/core"),
  ...closed("server/database", "server/gateway", "server/accounts", "server/media", "server/core", "server/http"),
  ...closed("server/http", "server/gateway", "server/accounts", "server/media", "server/database", "server/core"),
  ...closed(
    "server/mail",
    "server/gateway",
    "server/accounts",
    "server/media",
    "server/database",
    "server/core",
    "server/http",
    "server/pages",
  ),
  ...closed("server/pages", "server/gateway", "server/media", "server/core", "server/mail"),
  ...closed(
    "server/locales",
    "server/gateway",
    "server/accounts",
    "server/media",
    "server/database",
    "server/core",
    "server/http",
    "server/mail",
    "server/pages",
  ),
  ...closed("extension", "server", "tests", "scripts"),
  ...closed(
    "extension/core",
    "extension/shell",
    "extension/media",
    "extension/messaging",
    "extension/state",
    "extension/components",
    "extension/entrypoints",
    "extension/locales",
  ),
  ...closed(
    "extension/messaging",
    "extension/core",
    "extension/locales",
    "extension/shell",
    "extension/media",
    "extension/state",
    "extension/components",
    "extension/entrypoints",
  ),
  ...closed(
    "extension/locales",
    "extension/core",
    "extension/messaging",
    "extension/shell",
    "extension/media",
    "extension/state",
    "extension/components",
    "extension/entrypoints",
  ),
  ...closed("extension/shell", "extension/media", "extension/state", "extension/components", "extension/entrypoints"),
  ...closed(
    "extension/media",
    "extension/messaging",
    "extension/locales",
    "extension/shell",
    "extension/state",
    "extension/components",
    "extension/entrypoints",
  ),
  ...closed("extension/components", "extension/shell", "extension/media", "extension/state", "extension/entrypoints"),
  ...closed("extension/state", "extension/shell", "extension/components", "extension/entrypoints"),
];

export default defineConfig(
  { ignores: ["node_modules", ".output", ".wxt", ".cache", "data", "demo-pictures", "scripts/node"] },
  {
    files: ["**/*.ts", "**/*.svelte", "**/*.svelte.ts"],
    extends: tseslint.configs.strictTypeChecked,
    plugins: { "import-x": importX },
    languageOptions: {
      globals: { ...globals.browser, ...globals.webextensions },
      parserOptions: { projectService: true, extraFileExtensions: [".svelte"] },
    },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".svelte"] })] },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones: arrows }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Export by name; only what a tool demands is a default." },
      ],
      "no-console": "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "svelte/no-at-html-tags": "error",
      "svelte/require-each-key": "error",
    },
  },
  // After the typed rules, whose parser would otherwise be put in the place of Svelte's.
  ...svelte.configs.recommended,
  {
    files: ["protocol/**", "extension/core/**", "server/core/**"],
    rules: {
      "no-restricted-globals": ["error", "Date", "performance"],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Randomness comes in with the event." },
      ],
    },
  },
  {
    // Tools that demand a default export, or print for a person.
    files: ["*.config.ts", "extension/entrypoints/**", "**/*.svelte", "tests/support/**/*.svelte"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: [".svelte"], parser: tseslint.parser },
    },
    rules: {
      // Svelte reads a prop once where it is meant to; the compiler warns where it is not.
      "prefer-const": "off",
      // The linter sees a component's props as `any`; svelte-check, which knows them, judges them instead.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    files: ["tests/**", "scripts/**"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
