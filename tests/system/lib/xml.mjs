// xml.mjs — a strict reader of the XML we write: elements, attributes, text; anything else is an error.
// SPDX-License-Identifier: Apache-2.0

const named = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\'' };

function plain(text) {
	if (/[<\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u.test(text) || /[\ud800-\udfff]/u.test(text))
		throw new Error(`not XML text: ${JSON.stringify(text.slice(0, 80))}`);
	return text.replace(/&([^;]*;?)/gu, (whole, name) => {
		if (!name.endsWith(';') || !(name.slice(0, -1) in named))
			throw new Error(`not a reference: ${whole}`);
		return named[name.slice(0, -1)];
	});
}

// Read a document: { name, attributes, text, children } of its root.
export function readXml(source) {
	const open = [{ children: [], text: '' }];
	const head = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(source);
	if (!head)
		throw new Error('no XML declaration');
	for (const [, close, name, attributes, empty, text] of source.slice(head[0].length)
		.matchAll(/<(\/?)([A-Za-z:]+)((?:\s+[A-Za-z:]+="[^"]*")*)\s*(\/?)>|([^<]+|<)/gu)) {
		const at = open[open.length - 1];
		if (text !== undefined) {
			at.text += plain(text);
		} else if (close) {
			if (open.pop().name !== name)
				throw new Error(`</${name}> closes another element`);
		} else {
			const element = { name, children: [], text: '', attributes: Object.fromEntries(
				[...attributes.matchAll(/([A-Za-z:]+)="([^"]*)"/gu)].map(([, key, value]) => [key, plain(value)])) };
			at.children.push(element);
			if (!empty)
				open.push(element);
		}
	}
	if (open.length !== 1 || open[0].children.length !== 1 || open[0].text.trim())
		throw new Error('not one element');
	return open[0].children[0];
}

export const childrenOf = (element, name) => element.children.filter((child) => child.name === name);
export const textOf = (element, name) => childrenOf(element, name)[0]?.text;
