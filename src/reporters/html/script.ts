/** Adds to the page what works only with a script; without it, all can be read all the same. */
export const SCRIPT = `
'use strict';
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

for (const box of all('.copy')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  const said = document.createElement('span');
  said.className = 'unseen';
  said.setAttribute('role', 'status');
  button.addEventListener('click', async () => {
    const done = await copy(box.querySelector('code'));
    button.textContent = done ? 'Copied' : 'Press Ctrl+C';
    said.textContent = button.textContent;
    setTimeout(() => { button.textContent = 'Copy'; said.textContent = ''; }, 2000);
  });
  box.append(button, said);
}

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(code);
    return document.execCommand('copy');
  }
}

// The arrow keys go from one line of a list to the next.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const lines = '.rows > li > details > summary, .check .line, .card > summary';
  if (!event.target.matches?.(lines)) return;
  const within = event.target.closest('.rows, .checks, section');
  const stops = all(lines, within).filter((each) => each.checkVisibility() && each.closest('.rows, .checks, section') === within);
  const at = stops.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
  if (stops[to] === undefined) return;
  event.preventDefault();
  stops[to].focus();
});

// A link to what is folded away opens it.
function reveal() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let at = target; at; at = at.parentElement?.closest('details')) if (at.matches('details')) at.open = true;
  target.scrollIntoView();
}
addEventListener('hashchange', reveal);
reveal();

// On paper nothing can be opened.
let closed = [];
addEventListener('beforeprint', () => {
  closed = all('details:not([open])');
  for (const each of closed) each.open = true;
});
addEventListener('afterprint', () => {
  for (const each of closed) each.open = false;
  closed = [];
});
`;
