// Which properties each kind of field has, and where in the schema each of them stands.
const TEXTS = ["text", "long", "org"];
const NUMBERS = ["int", "dec", "money", "pct"];
const DATES = ["date", "dt"];
const CHOICES = ["enum", "enums"];
const VALUES = [...TEXTS, ...NUMBERS, ...DATES, ...CHOICES, "dur", "bool", "user", "users", "ref", "file", "files", "table"];
const FIELDS = [...VALUES, "computed"];

const P = (name, at, control, kinds, more = {}) => ({ name, at, control, kinds, ...more });

export const GROUPS = [
  {
    name: "",
    rows: [
      P("expression", ["expression"], "feel", ["computed"], { example: "example_sum" }),
      P("description", ["description"], "text", FIELDS, { notColumn: true }),
      P("required", ["validate", "required"], "flag", VALUES),
      P("readonly", ["readonly"], "flag", VALUES),
      P("role", ["properties", "role"], "role", ["user", "users"]),
      P("kind", ["properties", "kind"], "text", ["ref"]),
      P("accept", ["accept"], "text", ["file", "files"]),
      P("rows", ["rows"], "whole", ["long"], { notColumn: true }),
      P("first_rows", ["defaultRepetitions"], "whole", ["table"]),
      P("default", ["defaultValue"], "text", [...TEXTS, ...NUMBERS, ...DATES, "dur", "enum"], { notColumn: true }),
    ],
  },
  {
    name: "limits",
    rows: [
      P("decimals", ["decimalDigits"], "whole", ["dec", "money", "pct"]),
      P("currency", ["properties", "currency"], "text", ["money"]),
      P("min", ["validate", "min"], "end", NUMBERS),
      P("max", ["validate", "max"], "end", NUMBERS),
      P("least_date", ["validate", "min"], "text", DATES),
      P("most_date", ["validate", "max"], "text", DATES),
      P("minLength", ["validate", "minLength"], "whole", TEXTS),
      P("maxLength", ["validate", "maxLength"], "whole", TEXTS),
      P("validationType", ["validate", "validationType"], "format", TEXTS),
      P("pattern", ["validate", "pattern"], "feel", TEXTS),
      P("patternMessage", ["validate", "patternErrorMessage"], "text", TEXTS),
      P("patternMessage_en", ["properties", "patternMessage:en"], "text", TEXTS),
    ],
  },
  {
    name: "conditions",
    rows: [
      P("hide", ["conditional", "hide"], "feel", [...FIELDS, "group"], { example: "examples_hide" }),
      P("requiredWhen", ["properties", "requiredWhen"], "feel", VALUES, { example: "example_feel" }),
      P("check", ["properties", "check"], "feel", VALUES),
      P("checkMessage", ["properties", "checkMessage"], "text", VALUES),
      P("checkMessage_en", ["properties", "checkMessage:en"], "text", VALUES),
    ],
  },
  {
    name: "privacy",
    rows: [
      P("personal", ["properties", "personal"], "said", VALUES),
      P("searchable", ["properties", "searchable"], "said", VALUES),
      P("internal", ["properties", "internal"], "said", [...FIELDS, "group"]),
    ],
  },
];

export const read = (node, at) => at.reduce((found, name) => found?.[name], node);

// An empty value leaves nothing behind, not even the table it stood in.
export const write = (node, at, value) => {
  const [name, ...rest] = at;
  if (rest.length) {
    const inner = { ...node[name] };
    write(inner, rest, value);
    if (Object.keys(inner).length) node[name] = inner;
    else delete node[name];
  } else if (value === "" || value === false || value === null || value === undefined) delete node[name];
  else node[name] = value;
};

// Numbers as the schema takes them: a decimal is written as text, so that nothing is rounded.
export const typed = (control, text) => {
  const plain = text.trim();
  if (control === "feel") return plain ? (plain.startsWith("=") ? plain : `=${plain}`) : "";
  if (control === "whole" || control === "end") return /^-?\d{1,15}$/.test(plain) ? Number(plain) : plain;
  return control === "text" ? text : plain;
};
