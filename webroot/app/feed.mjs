// feed.mjs — what changed, from the Atom feed that the server publishes.
// SPDX-License-Identifier: Apache-2.0

// Entries, newest first: { title, summary, at, href }; href only where it leads into this page. null without a feed.
export async function readFeed(get = fetch) {
	try {
		const answer = await get('data/v1/feed.atom', { cache: 'no-cache' });
		if (!answer.ok)
			return null;
		return entriesOf(new DOMParser().parseFromString(await answer.text(), 'application/xml'), new URL('data/v1/feed.atom', location.href));
	} catch {
		return null;
	}
}

function entriesOf(document, base) {
	if (document.querySelector('parsererror'))
		return null;
	const text = (entry, tag) => entry.getElementsByTagName(tag)[0]?.textContent ?? '';
	return [...document.getElementsByTagName('entry')].map((entry) => ({ title: text(entry, 'title'), summary: text(entry, 'summary'),
		at: text(entry, 'updated'), href: hrefOf(entry.getElementsByTagName('link')[0]?.getAttribute('href'), base) }));
}

function hrefOf(href, base) {
	try {
		const to = new URL(href ?? '', base);
		return href && to.origin === location.origin && to.pathname === location.pathname ? to.search : null;
	} catch {
		return null;
	}
}
