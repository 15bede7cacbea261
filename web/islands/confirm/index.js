// The page behind a one-time link: checked while typing, with tables and dates; nothing is kept in the browser.
import { checking } from "../task/checking.js";
import { tables } from "../task/tables.js";
import { dates } from "../task/dates.js";

checking();
tables();
dates();
document.getElementById("wrongs")?.focus();
