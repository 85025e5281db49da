export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  created.className = className;
  created.append(...children);
  return created;
}

/** @param label accessible name, if the text is only a symbol */
export function button(text: string, onClick: () => void, label = text): HTMLButtonElement {
  const created = element('button', '', text);
  created.type = 'button';
  created.setAttribute('aria-label', label);
  created.title = label;
  created.addEventListener('click', onClick);
  return created;
}
