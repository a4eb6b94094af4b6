// browser.mjs — Debian's Chromium under playwright, and pages that remember every complaint.
// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium',
	headless: true, args: process.getuid() === 0 ? ['--no-sandbox', ...flags] : flags });

// A page whose errors (console, exceptions, failed requests) are collected in page.complaints.
export async function newPage(browser, { width = 1280, height = 800, ...options } = {}) {
	const context = await browser.newContext({ viewport: { width, height }, ...options });
	const page = await context.newPage();
	page.complaints = [];
	page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.complaints.push(message.text()));
	page.on('pageerror', (error) => page.complaints.push(String(error)));
	page.on('requestfailed', (request) => page.complaints.push(`failed: ${request.url()}`));
	return page;
}

export async function shot(page, name) {
	const folder = process.env.ASSAY_SHOTS ?? path.join(os.tmpdir(), 'assay-shots');
	mkdirSync(folder, { recursive: true });
	await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

// Rules of axe-core that the page breaks, each with where.
export async function axe(page) {
	const { readFileSync } = await import('node:fs');
	const { createRequire } = await import('node:module');
	const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
	await page.evaluate(source);
	const { violations } = await page.evaluate(() => globalThis.axe.run());
	return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`);
}
