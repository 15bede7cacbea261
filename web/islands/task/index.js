// The page of one task: what is typed is kept, checked while typing, and never lost; tables, dates, files.
import { keeping } from "./keeping.js";
import { checking } from "./checking.js";
import { tables } from "./tables.js";
import { paging } from "./paging.js";
import { sheets } from "./sheets.js";
import { dates } from "./dates.js";
import { dialogs } from "./dialogs.js";
import { files } from "./files.js";
import { references } from "./references.js";
import { leftBehind } from "./left.js";
import { signature } from "./signature.js";
import { where } from "./where.js";

checking();
keeping();
tables();
sheets();
paging();
dates();
dialogs();
signature();
files();
references();
leftBehind();
where();
