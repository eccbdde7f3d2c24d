/** Runs in the page: one tab stop for each matrix, arrow keys within, and a text for the cell in focus. */
export const SCRIPT = `
for (const table of document.querySelectorAll('.matrix')) {
  const section = table.closest('section');
  const data = JSON.parse(section.querySelector('.data').textContent);
  const about = section.querySelector('.about');
  const body = table.tBodies[0];
  const all = [...body.rows];
  const shown = () => all.filter((row) => !row.hidden);
  const line = (text, className) => Object.assign(document.createElement('p'), { textContent: text, className });
  let stop = all[0].cells[1];
  stop.tabIndex = 0;

  const show = (cell) => {
    const row = all.indexOf(cell.parentElement);
    const column = cell.cellIndex - 1;
    const [mutant, fault, solution] = data.mutants[row];
    const [check, title] = data.checks[column];
    const why = data.why[row + ' ' + column];
    about.classList.add('chosen');
    about.replaceChildren(
      line(mutant + ' (' + solution + '): ' + fault),
      line(check + ': ' + title),
      line(data.says[cell.dataset.kind] + (why ? '. ' + why : '')),
    );
  };
  const go = (cell) => {
    stop.tabIndex = -1;
    stop = cell;
    stop.tabIndex = 0;
    stop.focus({ preventScroll: true });
    reveal(stop);
  };
  // What is sticky would cover a cell that was only just scrolled into view.
  const reveal = (cell) => {
    const box = table.parentElement;
    const head = table.tHead.offsetHeight;
    const left = cell.parentElement.cells[0].offsetWidth;
    const at = cell.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    box.scrollTop += Math.min(0, at.top - frame.top - head) + Math.max(0, at.bottom - frame.top - box.clientHeight);
    box.scrollLeft += Math.min(0, at.left - frame.left - left) + Math.max(0, at.right - frame.left - box.clientWidth);
    const hidden = cell.getBoundingClientRect().bottom - about.getBoundingClientRect().top;
    if (hidden > 0) window.scrollBy(0, hidden + 8);
  };
  body.addEventListener('focusin', ({ target }) => { if (target.matches('td')) show(target); });
  body.addEventListener('click', ({ target }) => { if (target.matches('td')) go(target); });
  body.addEventListener('keydown', (event) => {
    if (!event.target.matches('td') || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = shown();
    const row = rows.indexOf(event.target.parentElement);
    const last = event.target.parentElement.cells.length - 1;
    const column = event.target.cellIndex;
    const to = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      Home: [row, 1], End: [row, last],
      PageUp: [Math.max(0, row - 10), column], PageDown: [Math.min(rows.length - 1, row + 10), column],
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const cell = to[1] > 0 ? rows[to[0]]?.cells[to[1]] : undefined;
    if (cell !== undefined) go(cell);
  });
  section.querySelector('.filter').addEventListener('input', ({ target }) => {
    const wanted = target.value.toLowerCase();
    all.forEach((row, index) => { row.hidden = !data.mutants[index].join(' ').toLowerCase().includes(wanted); });
    if (!stop.parentElement.hidden) return;
    stop.tabIndex = -1;
    stop = shown()[0]?.cells[1] ?? stop;
    stop.tabIndex = 0;
  });
}
`;
