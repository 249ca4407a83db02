import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist/", "node_modules/", "test/e2e/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    // What is decided here can be tested without an editor.
    files: ["src/logic/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: ["vscode"], patterns: ["vscode-*", "../host/*"] },
      ],
    },
  },
  {
    // The runner itself waits for what `test` returns.
    files: ["test/unit/**"],
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },
  {
    files: ["*.mjs"],
    languageOptions: { globals: { process: "readonly" } },
  },
);
