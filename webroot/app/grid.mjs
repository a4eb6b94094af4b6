// grid.mjs — a table of any length: the rows in sight are in the page, all of them in the count.
// SPDX-License-Identifier: Apache-2.0
//
// All rows have one height (style.css: --row), so what is above and below is two empty rows. A row keeps its element while it is
// near, so focus and selection stay; arrow keys go from row to row, Home and End to the ends. Printing brings all rows.
import { make } from './dom.mjs';

const MARGIN_ROWS = 12;
const WHOLE_ROWS = 120;

const pad = (n) => make('tr', { class: 'pad', 'aria-hidden': 'true' }, make('td', { colspan: n }));

export class Grid {
	// { label, columns with widthPx each, rows, head(column), cells(row, column) → cell element }
	constructor(settings) {
		this.shown = new Map();
		this.body = make('tbody', { onkeydown: (event) => this.onKey(event) });
		this.table = make('table', {});
		this.element = make('div', { class: 'scroll grid', tabindex: '0', role: 'region', 'aria-label': settings.label }, this.table);
		this.element.addEventListener('scroll', () => this.later(), { passive: true });
		this.sight = new ResizeObserver(() => this.later());
		this.sight.observe(this.element);
		this.onPrint = () => this.draw(true);
		addEventListener('beforeprint', this.onPrint);
		this.set(settings);
	}

	set(changes) {
		Object.assign(this, changes);
		const { columns, rows } = this;
		this.table.setAttribute('aria-rowcount', rows.length + 1);
		this.table.setAttribute('aria-colcount', columns.length);
		const widths = columns.map((column) => {
			const col = make('col');
			col.style.width = `${column.widthPx}px`;
			return col;
		});
		this.table.style.minWidth = `${columns.reduce((sum, column) => sum + column.widthPx, 0)}px`;
		this.shown.clear();
		this.above = pad(columns.length);
		this.below = pad(columns.length);
		this.body.replaceChildren(this.above, this.below);
		this.table.replaceChildren(make('colgroup', {}, widths),
			make('thead', {}, make('tr', { 'aria-rowindex': 1 }, columns.map((column) => this.head(column)))), this.body);
		this.element.scrollTop = 0;
		this.draw();
	}

	later() {
		this.waiting ??= requestAnimationFrame(() => {
			this.waiting = null;
			if (this.element.isConnected)
				this.draw();
			else
				this.leave();
		});
	}

	leave() {
		this.sight.disconnect();
		removeEventListener('beforeprint', this.onPrint);
	}

	height() {
		return this.rowPx ??= parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 34;
	}

	rowOf(at) {
		return make('tr', { 'aria-rowindex': at + 2, 'data-at': at, 'data-cell': this.rows[at].cell },
			this.columns.map((column) => this.cells(this.rows[at], column)));
	}

	draw(whole = false) {
		const { rows, shown, element } = this;
		const all = whole || rows.length <= WHOLE_ROWS;
		const height = this.height();
		const from = all ? 0 : Math.max(0, Math.min(rows.length - 1, Math.floor(element.scrollTop / height)) - MARGIN_ROWS);
		const to = all ? rows.length : Math.min(rows.length, Math.ceil((element.scrollTop + Math.max(element.clientHeight, innerHeight)) / height) + MARGIN_ROWS);
		const lost = [...shown].filter(([at]) => at < from || at >= to);
		if (lost.some(([, row]) => row.contains(document.activeElement)))
			element.focus({ preventScroll: true });
		for (const [at, row] of lost) {
			row.remove();
			shown.delete(at);
		}
		this.place(from, to);
		this.above.firstChild.style.height = `${from * height}px`;
		this.below.firstChild.style.height = `${(rows.length - to) * height}px`;
		this.above.hidden = from === 0;
		this.below.hidden = to === rows.length;
	}

	place(from, to) {
		let next = this.above;
		for (let at = from; at < to; at++) {
			let row = this.shown.get(at);
			if (!row) {
				row = this.rowOf(at);
				this.shown.set(at, row);
				next.after(row);
			}
			next = row;
		}
	}

	// Bring a row into sight and give what stands in its n-th place to stand on the focus.
	focusRow(at, n) {
		const height = this.height();
		const { element } = this;
		const head = this.table.tHead.offsetHeight;
		const [top, bottom] = [at * height, (at + 1) * height + head];
		if (top < element.scrollTop)
			element.scrollTop = top;
		else if (bottom > element.scrollTop + element.clientHeight)
			element.scrollTop = bottom - element.clientHeight;
		this.draw();
		const target = this.shown.get(at)?.querySelectorAll('a, input, button')[n];
		target?.focus({ preventScroll: true });
		target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
	}

	onKey(event) {
		const row = event.target.closest('tr[data-at]');
		if (!row || event.altKey || event.ctrlKey || event.metaKey)
			return;
		const at = Number(row.dataset.at);
		const page = Math.max(1, Math.floor(this.element.clientHeight / this.height()) - 2);
		const last = this.rows.length - 1;
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: last }[event.key];
		if (to === undefined)
			return;
		event.preventDefault();
		this.focusRow(Math.min(last, Math.max(0, to)), [...row.querySelectorAll('a, input, button')].indexOf(event.target));
	}
}
