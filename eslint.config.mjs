import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", ".local", "coverage", "templates/service"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise nobody waits for is how a Pulumi program or a test passes without having run.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-explicit-any": "error",
      "no-console": "error",
    },
  },
  {
    files: ["index.ts", "config/**", "components/**", "environments/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: ["@pulumi/gcp", "@pulumi/kubernetes"].map((name) => ({
            name,
            message: `It loads every module of the package, on every run and type check; import the one you need, ${name}/….`,
          })),
        },
      ],
    },
  },
  {
    // Resources are created for their effect: `new` without a variable is normal in a component.
    files: ["components/**", "environments/**"],
    rules: { "no-new": "off" },
  },
  { files: ["**/*.mjs", "**/*.cjs", "**/*.js"], ...tseslint.configs.disableTypeChecked },
);
