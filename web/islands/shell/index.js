// What every page has: htmx, keys, notices, menus. No other island may need anything of this one.
import htmx from "htmx.org";
import { keys } from "./keys.js";
import { menus } from "./menus.js";
import { notices } from "./notices.js";
import { people } from "./people.js";
import { scrolling } from "./scrolling.js";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.scrollIntoViewOnBoost = false;
// What the server says in words is shown, also when it says no.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "[45]..", swap: false, error: true },
];
window.htmx = htmx;

keys(htmx);
menus();
notices();
people();
scrolling();
