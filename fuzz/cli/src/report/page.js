(() => {
  'use strict';
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const findings = all('.finding');
  let current = null;
  document.documentElement.classList.add('js');

  // A timeline has its current step; its cells are those whose bands pass through that row.
  const rows = (finding) => (finding.rows ??= all('svg .r', finding));
  const bands = (finding) => (finding.bands ??= all('svg .b', finding));

  const states = [['dirty', 'dirty'], ['writeback', 'under writeback']];

  function step(finding, to, opening = false) {
    const list = rows(finding);
    if (!list.length) return;
    const at = Math.max(0, Math.min(list.length - 1, to));
    list[finding.at]?.classList.remove('now');
    finding.at = at;
    list[at].classList.add('now');
    const svg = list[at].closest('svg');
    svg.querySelector('.cursor').setAttribute('y', +svg.dataset.head + at * svg.dataset.row);
    const held = new Map();
    for (const band of bands(finding)) {
      const on = +band.dataset.f <= at && at < +band.dataset.t;
      band.classList.toggle('on', on);
      if (on) {
        const { h, c } = band.parentNode.dataset;
        const state = states.filter(([name]) => band.classList.contains(name)).map(([, says]) => says);
        held.set(h, [...(held.get(h) ?? []), [`${c}: ${band.textContent}`, ...state].join(' ')]);
      }
    }
    const lines = list[at].previousElementSibling.textContent.trim();
    const says = finding.querySelector('.tells');
    const strong = document.createElement('b');
    strong.textContent = list[at].textContent;
    says.replaceChildren(`Step ${at + 1} of ${list.length}${lines ? `, line ${lines}` : ''}: `, strong);
    for (const [cache, cells] of held) {
      says.append(document.createElement('br'), `${cache} holds ${cells.join(', ')}`);
    }
    if (!opening) show(list[at], finding);
  }

  // Scrolls only where the row would not be seen, which the controls may cover.
  function show(row, finding) {
    const box = row.getBoundingClientRect();
    const covered = finding.querySelector('.controls').getBoundingClientRect().bottom;
    if (box.top < covered || box.bottom > innerHeight) row.scrollIntoView({ block: 'center', inline: 'nearest' });
  }

  // The next row that is accused, or again the first.
  function accused(finding) {
    const bad = rows(finding).flatMap((row, at) => (row.classList.contains('bad') ? [at] : []));
    return bad.find((at) => at > finding.at) ?? bad[0] ?? finding.at;
  }

  const moves = {
    first: () => 0,
    back: (finding) => finding.at - 1,
    next: (finding) => finding.at + 1,
    last: (finding) => rows(finding).length - 1,
    held: accused,
  };

  function go(finding, move) {
    if (!finding?.open) return;
    finding.at ??= 0;
    step(finding, moves[move](finding));
  }

  const begin = (finding) => finding.at === undefined && step(finding, 0, true);

  function open(finding) {
    current = finding;
    finding.open = true;
    begin(finding);
    finding.querySelector('summary').focus({ preventScroll: true });
    finding.scrollIntoView({ block: 'start' });
  }

  function another(by) {
    const seen = findings.filter((finding) => !finding.hidden);
    if (!seen.length) return;
    const at = seen.indexOf(current);
    const to = seen[at < 0 ? (by > 0 ? 0 : seen.length - 1) : Math.max(0, Math.min(seen.length - 1, at + by))];
    if (current && current !== to) current.open = false;
    open(to);
  }

  async function copy(button) {
    const code = button.closest('.copied').querySelector('pre');
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'copied';
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = 'selected';
    }
    setTimeout(() => (button.textContent = 'copy'), 2000);
  }

  for (const finding of findings) {
    finding.addEventListener('toggle', () => {
      if (finding.open) begin((current = finding));
    });
    finding.addEventListener('focusin', () => (current = finding));
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    const svg = event.target.closest('.timeline svg');
    const finding = event.target.closest('.finding');
    if (button?.dataset.go) go(finding, button.dataset.go);
    else if (button && 'copy' in button.dataset) copy(button);
    else if (svg) {
      const row = Math.floor((event.clientY - svg.getBoundingClientRect().top - svg.dataset.head) / svg.dataset.row);
      if (row >= 0) step(finding, row);
    }
  });

  const [words, fresh] = all('.filter input');
  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let seen = 0;
    for (const finding of findings) {
      const text = `${finding.id} ${finding.querySelector('summary').textContent}`.toLowerCase();
      finding.hidden = !wanted.every((word) => text.includes(word)) || (fresh.checked && 'known' in finding.dataset);
      seen += !finding.hidden;
    }
    for (const section of all('section.subject')) {
      section.hidden = !section.querySelector('.finding:not([hidden])');
    }
    document.querySelector('.filter [role=status]').textContent = `${seen} of ${findings.length}`;
  }
  words?.addEventListener('input', filter);
  fresh?.addEventListener('change', filter);

  const inTimeline = { ArrowDown: 'next', ArrowRight: 'next', ArrowUp: 'back', ArrowLeft: 'back', Home: 'first', End: 'last' };
  const anywhere = { j: 'next', k: 'back', x: 'held' };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches('input')) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    const timeline = event.target.closest('.timeline');
    const move = anywhere[event.key] ?? (timeline && inTimeline[event.key]);
    if (move && current?.open) go(current, move);
    else if (event.key === 'n' || event.key === 'p') another(event.key === 'n' ? 1 : -1);
    else if (event.key === 'c' && current?.open) copy(current.querySelector('[data-copy]'));
    else if (event.key === '/' && words) words.focus();
    else return;
    event.preventDefault();
  });

  function follow() {
    const finding = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (finding?.classList.contains('finding')) {
      finding.hidden = false;
      open(finding);
    }
  }
  addEventListener('hashchange', follow);
  follow();
})();
