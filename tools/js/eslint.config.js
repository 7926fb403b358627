// Rules for the scripts of the pages. Whether names exist and types fit, typescript looks at (tsconfig.json).
"use strict";

const js = require("@eslint/js");
const globals = require("globals");

module.exports = [
  js.configs.recommended,
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-redeclare": ["error", { builtinGlobals: false }],
      "no-undef": "off", // the name that one script hands to the next is known to typescript only
      "no-unused-vars": ["error", { varsIgnorePattern: "^hb[A-Z]" }], // those names
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-syntax": ["error",
        { selector: "AssignmentExpression[left.property.name=/^(inner|outer)HTML$/]", message: "words go in as text" },
        { selector: "CallExpression[callee.property.name=/^(insertAdjacentHTML|write)$/]", message: "words go in as text" }],
      "no-restricted-globals": ["error", ...["fetch", "XMLHttpRequest", "WebSocket", "EventSource"].map((name) => ({ name, message: "pages send nothing" }))],
      "no-implicit-coercion": "error",
      "no-var": "error",
      "prefer-const": "error",
      "eqeqeq": "error",
      "max-depth": ["error", 3],
    },
  },
];
