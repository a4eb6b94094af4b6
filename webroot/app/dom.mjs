// dom.mjs — making elements. Text goes in as text, never as markup.
// SPDX-License-Identifier: Apache-2.0

export function make(tag, attributes = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (name.startsWith('on'))
			element.addEventListener(name.slice(2), value);
		else if (value !== undefined && value !== null && value !== false)
			element.setAttribute(name, value === true ? '' : value);
	}
	element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
	return element;
}

export function svg(tag, attributes, ...children) {
	const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, value);
	element.append(...children);
	return element;
}

// Give the nth row of a table the focus, for whoever pressed what is gone now.
export function focusRow(body, nth) {
	const row = body.rows[nth];
	const target = row?.querySelector('a, button') ?? row;
	target?.setAttribute('tabindex', '0');
	target?.focus();
}

// Names come from strangers: isolated, so that their direction stays their own, and shortened by style.
// brief: what is shown of it.
export function name(text, attributes = {}, brief = text) {
	return make('bdi', { class: 'name', title: text, ...attributes }, brief);
}
