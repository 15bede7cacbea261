// Elements and icons.
export const make = (tag, attributes = {}, ...inner) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...inner);
  return made;
};

export const icon = (name) => document.getElementById("icons").content.querySelector(`[data-icon="${name}"] svg`)?.cloneNode(true) ?? "";
