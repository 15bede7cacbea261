// The page behind a one-time link: checked while typing, with tables, dates and files; nothing is kept in the browser.
import { checking } from "../task/checking.js";
import { tables } from "../task/tables.js";
import { dates } from "../task/dates.js";
import { files } from "../task/files.js";

checking();
tables();
dates();
files();
document.getElementById("wrongs")?.focus();
