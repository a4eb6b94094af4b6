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
	element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
	return element;
}

// Names come from strangers: isolated, so that their direction stays their own, and shortened by style.
export function name(text, attributes = {}) {
	return make('bdi', { class: 'name', title: text, ...attributes }, text);
}
