// A wide table that is scrolled sideways can be reached by keyboard; one that fits is no stop on the way.
const WIDE = ".sheet-wide";

export function scrolling() {
  const watching = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  const watch = () => document.querySelectorAll(WIDE).forEach((one) => watching.observe(one));
  watch();
  document.body.addEventListener("htmx:afterSwap", watch);
}
