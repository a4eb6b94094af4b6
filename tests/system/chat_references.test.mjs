// chat_references.test.mjs — every reference answer of chat/1 worked out by other means than its own.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import vm from 'node:vm';
import { repo } from './lib/daemon.mjs';
import { makeFolder } from './lib/process.mjs';

const items = new Map(readFileSync(path.join(repo, 'eval-suites/chat/1/items.jsonl'), 'utf8').trim().split('\n')
	.map((line) => JSON.parse(line)).map((item) => [item.id, item]));
const dir = makeFolder('chat-');
after(() => rmSync(dir, { recursive: true }));

const range = (low, high) => Array.from({ length: high - low + 1 }, (_, i) => low + i);
const sum = (list) => list.reduce((a, b) => a + b, 0);
const permutations = (list) => list.length < 2 ? [list] : list.flatMap((x, i) =>
	permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [x, ...rest]));
const subsets = (list, n) => n === 0 ? [[]] : list.flatMap((x, i) => subsets(list.slice(i + 1), n - 1).map((s) => [x, ...s]));
const gcd = (a, b) => b ? gcd(b, a % b) : a;
// A fraction of big integers, in lowest terms.
const fraction = (n, d) => `${n / gcd(n, d)}/${d / gcd(n, d)}`;
const sumOfFractions = (ds) => {
	const whole = ds.reduce((a, b) => a * b, 1n);
	return fraction(ds.reduce((n, d) => n + whole / d, 0n), whole);
};

// Breadth first: the least cost from start to where done() holds. next(state) gives [cost, state].
function cheapest(start, next, done) {
	const open = new Map([[JSON.stringify(start), 0]]), closed = new Set();
	for (;;) {
		const [key, cost] = [...open].reduce((a, b) => b[1] < a[1] ? b : a);
		open.delete(key);
		closed.add(key);
		const state = JSON.parse(key);
		if (done(state))
			return cost;
		for (const [more, to] of next(state)) {
			const name = JSON.stringify(to);
			if (!closed.has(name) && !(open.get(name) <= cost + more))
				open.set(name, cost + more);
		}
	}
}

const jugs = (sizes, goal) => cheapest(sizes.map(() => 0), (state) => sizes.flatMap((size, i) => {
	const put = (...changes) => [1, state.map((x, k) => changes.find(([n]) => n === k)?.[1] ?? x)];
	return [put([i, size]), put([i, 0]), ...sizes.map((_, j) => j).filter((j) => j !== i).map((j) => {
		const poured = Math.min(state[i], sizes[j] - state[j]);
		return put([i, state[i] - poured], [j, state[j] + poured]);
	})];
}), (state) => state.includes(goal));

// State: who is still here, and whether the torch is.
const bridge = (minutes) => cheapest([range(0, minutes.length - 1), true], ([here, torch]) => {
	const side = torch ? here : range(0, minutes.length - 1).filter((p) => !here.includes(p));
	return [...subsets(side, 1), ...subsets(side, 2)].map((group) => [Math.max(...group.map((p) => minutes[p])),
		[torch ? here.filter((p) => !group.includes(p)) : [...here, ...group].sort((a, b) => a - b), !torch]]);
}, ([here]) => here.length === 0);

// Everybody knight (true) or knave (false), so that each sentence is as true as its speaker.
const islanders = (withClara) => range(0, 7).map((bits) => [bits & 1, bits & 2, bits & 4].map(Boolean))
	.filter(([anna, boris, clara]) => anna === !boris && boris === (anna === clara) && (!withClara || clara === !anna));

const orders = (second) => permutations(['Ada', 'Ben', 'Cleo', 'Dan', 'Eve']).filter((order) => {
	const at = (name) => order.indexOf(name);
	return at('Ben') === at('Ada') + 1 && at('Eve') < at('Cleo') && at('Cleo') < at('Ada') && ![0, 4].includes(at('Dan')) &&
		(!second || at('Cleo') === 1);
});

const weekday = (year) => new Date(Date.UTC(year, 2, 1)).getUTCDay();
// What may be on the back is anything; a card is worth turning if some back breaks the rule.
const worthTurning = (breaks) => ['E', 'K', '4', '7'].filter((front) => /\d/.test(front)
	? [...'AEIOUKXZ'].some((letter) => breaks(letter, front)) : range(0, 9).some((n) => breaks(front, String(n))));
const vowel = (letter) => 'AEIOU'.includes(letter);
const even = (digit) => digit % 2 === 0;
const letters = (word) => new Set(permutations([...word]).map((p) => p.join('')));
const balloon = letters('BALLOON');
const draws = subsets(range(1, 12), 3).map((draw) => draw.filter((ball) => ball <= 5).length);
const share = (hits) => fraction(BigInt(hits), BigInt(draws.length));
const free = (n) => range(1, n).filter((x) => x % 3 && x % 5 && x % 7);
const times = (a, b) => a.map((row) => b[0].map((_, j) => sum(row.map((x, k) => x * b[k][j]))));
const power = (a, n) => n === 1 ? a : times(a, power(a, n - 1));
const fibonacci = [[1, 1], [1, 0]];
const ages = range(1, 100).filter((son) => 3 * son + 12 === 2 * (son + 12));
const half = (a, b, c) => (a + b + c) / 2;
const heron = (a, b, c) => Math.sqrt(half(a, b, c) * (half(a, b, c) - a) * (half(a, b, c) - b) * (half(a, b, c) - c));
// 2000 euros after some years, divided once only.
const euros = (years) => Number(200000n * 105n ** BigInt(years)) / 100 ** years / 100;
const both = range(0, 30).filter((n) => 18 - n >= 0 && 15 - n >= 0 && 18 + 15 - n <= 30);

// What stands behind "Answer: " in each reference.
const answers = {
	'reasoning-01': () => {
		const alone = new Set(islanders(false).map(([, , clara]) => clara));
		assert.deepEqual([...alone], [false]);
		const [[anna, boris], ...others] = islanders(true);
		assert.equal(others.length, 0);
		return ['knave', `Anna ${anna ? 'knight' : 'knave'}, Boris ${boris ? 'knight' : 'knave'}`];
	},
	'reasoning-02': () => {
		assert.equal(orders(true).length, 1);
		return [orders(true)[0].join(', '), String(orders(false).length)];
	},
	'reasoning-03': () => {
		assert.equal(weekday(2027), 1);
		const names = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
		return [names[weekday(2028)], String(range(2029, 2100).find((year) => weekday(year) === weekday(2028)))];
	},
	'reasoning-04': () => [String(jugs([3, 5], 4)), String(jugs([4, 9], 6))],
	'reasoning-05': () => [worthTurning((l, n) => vowel(l) && !even(n)).join(' and '),
		worthTurning((l, n) => even(n) && !vowel(l)).join(' and ')],
	'reasoning-06': () => {
		assert.equal(ages.length, 1);
		const [son] = ages;
		return [`Maria ${3 * son}, son ${son}`, String(range(1, son).find((x) => 3 * son - x === 5 * (son - x)))];
	},
	'reasoning-07': () => {
		const people = range(2, 100).find((n) => subsets(range(1, n), 2).length === 66);
		return [String(people), String(subsets(range(1, people - 4), 2).length)];
	},
	'reasoning-08': () => [String(both.find((n) => 18 + 15 - n === 30 - 7)), `${Math.min(...both)} and ${Math.max(...both)}`],
	'reasoning-09': () => [String(bridge([1, 2, 5, 10])), String(bridge([1, 3, 6, 8, 12]))],
	'reasoning-10': () => {
		const minutes = range(1, 1000).find((m) => m * 50 / 60 === 300);
		const shown = minutes * 65 / 60;
		assert.equal(minutes % 60, 0);
		return [`${minutes / 60} p.m.`, `${Math.floor(shown / 60)}:${shown % 60} p.m.`];
	},
	'mathematics-01': () => {
		const width = range(1, 29).find((w) => 2 * (w + 2 * w + 3) === 60), length = 2 * width + 3;
		return [`${width * length} cm²`, `${range(1, 20).find((x) => (width + x) * (length + x) === 253)} cm`];
	},
	'mathematics-02': () => [String(7n ** 100n % 13n), String(range(1, 13).find((n) => 7n ** BigInt(n) % 13n === 1n))],
	'mathematics-03': () => [String(balloon.size), String([...balloon].filter((word) => !word.includes('LL')).length)],
	'mathematics-04': () => [share(draws.filter((red) => red === 2).length), share(draws.filter((red) => red > 0).length)],
	'mathematics-05': () => [String(free(1000).length), String(sum(free(100)))],
	'mathematics-06': () => {
		const f = (x) => 2 * x * x - 12 * x + 7;
		const x = range(-100, 100).reduce((a, b) => f(b) < f(a) ? b : a);
		assert.ok(f(x - 0.01) > f(x) && f(x + 0.01) > f(x));
		const k = range(-10, 10).find((value) => Math.sqrt(144 - 8 * (7 - value)) / 2 === 4);
		return [`x = ${x}, f(${x}) = ${f(x)}`, String(k)];
	},
	'mathematics-07': () => [sumOfFractions(range(1, 99).map((n) => BigInt(n * (n + 1)))),
		sumOfFractions(range(1, 98).map((n) => BigInt(n * (n + 2))))],
	'mathematics-08': () => {
		const years = range(1, 50).find((n) => euros(n) > 3000);
		return [String(years), `${euros(years).toFixed(2)} euros`];
	},
	'mathematics-09': () => [String(heron(13, 14, 15)), String(heron(13, 14, 15) / half(13, 14, 15))],
	'mathematics-10': () => {
		const [first, second] = power(fibonacci, 10), big = power(fibonacci, 20);
		return [`rows (${first.join(', ')}) and (${second.join(', ')})`, String(big[0][0] + big[1][1])];
	},
};

const codeOf = (text, language) => {
	const blocks = [...text.matchAll(/```(\w+)\n([\s\S]*?)\n```/g)].filter(([, name]) => name === language);
	assert.equal(blocks.length, 1, text);
	return blocks[0][2];
};
// Both turns' programs, as one: the second may use the first.
const programOf = (id) => items.get(id).reference.map((text) => codeOf(text, 'js')).join('\n');
const run = (id, names) => vm.runInNewContext(`${programOf(id)}\n({ ${names.join(', ')} })`, {});
const plain = (value) => JSON.parse(JSON.stringify(value));
// All texts over an alphabet up to a length.
const texts = (alphabet, n) => n === 0 ? [''] : ['', ...texts(alphabet, n - 1).flatMap((t) => [...alphabet].map((c) => t + c))]
	.filter((t, i, all) => all.indexOf(t) === i);

// Compile a reference with a main() of ours, and return what it prints for this input.
function compiled(code, main, input) {
	const file = path.join(dir, 'program.c'), program = path.join(dir, 'program');
	writeFileSync(file, `#include <stdio.h>\n#include <stdlib.h>\n${code}\n${main}\n`);
	execFileSync('cc', ['-std=c11', '-Wall', '-Wextra', '-Werror', '-o', program, file]);
	return execFileSync(program, { input }).toString().split('\n').slice(0, -1);
}

const programs = {
	'coding-01': () => {
		const { runs, expand } = run('coding-01', ['runs', 'expand']);
		assert.equal(runs('aaab'), 'a3b1');
		for (const text of [...texts('ab', 7), 'z'.repeat(123) + 'y']) {
			let told = '';
			for (let i = 0, n = 1; i < text.length; i++, n++)
				if (text[i] !== text[i + 1])
					told += text[i] + n, n = 0;
			assert.equal(runs(text), told);
			assert.equal(expand(told), text);
		}
	},
	'coding-02': () => {
		const { isBalanced, firstFault } = run('coding-02', ['isBalanced', 'firstFault']);
		for (const text of texts('()[x', 6)) {
			// Pairs that stand side by side go, until none is left.
			let left = [...text].map((c, i) => ({ c, i })).filter(({ c }) => c !== 'x');
			for (let n = -1; n !== left.length;) {
				n = left.length;
				const k = left.findIndex(({ c }, i) => ['()', '[]'].includes(c + left[i + 1]?.c));
				if (k >= 0)
					left.splice(k, 2);
			}
			assert.equal(isBalanced(text), left.length === 0, text);
			const closing = left.find(({ c }) => ')]'.includes(c));
			assert.equal(firstFault(text), (closing ?? left[0])?.i ?? -1, text);
		}
		assert.ok(isBalanced('{a[b](c)}') && firstFault('{(})') === 2);
	},
	'coding-03': () => {
		const { mergeIntervals, uncovered } = run('coding-03', ['mergeIntervals', 'uncovered']);
		const all = range(0, 5).flatMap((low) => range(low, 5).map((high) => [low, high]));
		for (const list of [...subsets(all, 0), ...subsets(all, 1), ...subsets(all, 2), ...subsets(all, 3)]) {
			const before = plain(list);
			// Half units tell whether neighbours meet.
			const points = range(0, 10).filter((p) => list.some(([low, high]) => p >= 2 * low && p <= 2 * high));
			const merged = [];
			for (const p of points)
				if (merged.length && merged.at(-1)[1] === p / 2 - 0.5)
					merged.at(-1)[1] = p / 2;
				else
					merged.push([p / 2, p / 2]);
			assert.deepEqual(plain(mergeIntervals(list)), merged);
			assert.deepEqual(list, before);
			const halves = range(2, 9).filter((p) => !list.some(([low, high]) => 2 * low <= p && p + 1 <= 2 * high));
			assert.equal(uncovered(list, 1, 5), halves.length / 2);
		}
	},
	'coding-04': () => {
		const { toRoman, fromRoman } = run('coding-04', ['toRoman', 'fromRoman']);
		const digits = ['', 'a', 'aa', 'aaa', 'ab', 'b', 'ba', 'baa', 'baaa', 'ac'];
		for (const n of range(1, 3999)) {
			const told = [...String(n)].map((d, i, all) => {
				const [a, b, c] = ['IVX', 'XLC', 'CDM', 'M??'][all.length - 1 - i];
				return [...digits[d]].map((x) => ({ a, b, c })[x]).join('');
			}).join('');
			assert.equal(toRoman(n), told);
			if (n % 37 === 0)
				assert.equal(fromRoman(told), n);
		}
		for (const wrong of ['', 'IIII', 'IC', 'VX', 'mm', 'MMMM', 'IXI', 'A'])
			assert.equal(fromRoman(wrong), null, wrong);
	},
	'coding-05': () => {
		const numbers = [0, 1, 2, 3, 0x80000000, 0xffffffff, 0x12345678, 0xdeadbeef, ...range(0, 200).map((i) => i * 21474836)];
		const main = 'int main(void) { unsigned long x; while (scanf("%lu", &x) == 1) printf("%u\\n", F((uint32_t)x)); }';
		const [count, reverse] = items.get('coding-05').reference.map((text) => codeOf(text, 'c'));
		const bits = numbers.map((x) => x.toString(2).padStart(32, '0'));
		assert.deepEqual(compiled(count, main.replace('F', 'count_bits'), numbers.join(' ')),
			bits.map((b) => String([...b].filter((c) => c === '1').length)));
		assert.deepEqual(compiled(reverse, main.replace('F', 'reverse_bits'), numbers.join(' ')),
			bits.map((b) => String(parseInt([...b].reverse().join(''), 2))));
	},
	'coding-06': () => {
		const { lcsLength, lcs } = run('coding-06', ['lcsLength', 'lcs']);
		const within = (short, long) => [...short].reduce((at, c) => at < 0 ? at : long.indexOf(c, at) + 1 || -1, 0) >= 0;
		const some = texts('abc', 4);
		for (const a of some)
			for (const b of some.filter((_, i) => i % 7 === a.length)) {
				const longest = Math.max(...some.filter((t) => within(t, a) && within(t, b)).map((t) => t.length));
				assert.equal(lcsLength(a, b), longest);
				const one = lcs(a, b);
				assert.ok(one.length === longest && within(one, a) && within(one, b), `${a} ${b} ${one}`);
			}
	},
	'coding-07': () => {
		const [first, second] = items.get('coding-07').reference.map((text) =>
			vm.runInNewContext(`${codeOf(text, 'js')}\nmedian`, {}));
		for (const list of [[1], [10, 9, 1, 100], [3, 1, 2], [-1, -10, 5, 5, 7], [0.5, 2]]) {
			// Half of the others lie on each side.
			const below = (m) => list.filter((x) => x < m).length, above = (m) => list.filter((x) => x > m).length;
			const before = [...list];
			const m = first(list);
			assert.ok(below(m) <= list.length / 2 && above(m) <= list.length / 2, `${list} ${m}`);
			assert.deepEqual(list, before);
			assert.equal(second(new Set(list).size === list.length ? new Set(list) : list), m);
		}
		assert.equal(first([10, 9, 1, 100]), 9.5);
		assert.ok(Number.isNaN(second([])));
	},
	'coding-08': () => {
		items.get('coding-08').turns.forEach((turn, i) => {
			const printed = [];
			vm.runInNewContext(turn.slice(turn.indexOf('\n\n')), { console: { log: (...words) => printed.push(words.join(' ')) } });
			assert.equal(codeOf(items.get('coding-08').reference[i], 'text'), printed.join('\n'));
		});
	},
	'coding-09': () => {
		const [trim, words] = items.get('coding-09').reference.map((text) => codeOf(text, 'c'));
		const lines = texts(' \ta', 6);
		const main = (body) => `int main(void) { static char s[100]; while (fgets(s, sizeof(s), stdin) != NULL) { ` +
			`s[strcspn(s, "\\n")] = 0; ${body} } }`;
		assert.deepEqual(compiled(trim, main('trim(s); printf("<%s>\\n", s);'), `${lines.join('\n')}\n`),
			lines.map((line) => `<${line.trim()}>`));
		assert.deepEqual(compiled(words, main('printf("%zu\\n", words(s));'), `${lines.join('\n')}\n`),
			lines.map((line) => String(line.split(/[ \t]/).filter(Boolean).length)));
	},
	'coding-10': () => {
		const [short, long] = items.get('coding-10').reference.map((text) => vm.runInNewContext(codeOf(text, 'js'), {}));
		const two = range(0, 99).map((n) => String(n).padStart(2, '0'));
		for (const h of two)
			for (const m of two) {
				assert.equal(short.test(`${h}:${m}`), h < 24 && m < 60, `${h}:${m}`);
				assert.equal(long.test(`${h}:${m}`), (h < 24 && m < 60) || (h === '24' && m === '00'));
				for (const s of ['00', '59', '60', '99'])
					assert.equal(long.test(`${h}:${m}:${s}`), (h < 24 && m < 60 && s < 60) || `${h}${m}${s}` === '240000');
			}
		for (const wrong of ['', '1:00', '01:0', ' 01:00', '01:00 ', '01:00:0', '0100', '24:00:01', '01:00:00:00'])
			assert.ok(!short.test(wrong) && !long.test(wrong), wrong);
	},
};

test('references stand where they can be worked out, and nowhere else', () => {
	const present = [...items.values()].filter((item) => item.reference).map((item) => item.id).sort();
	assert.deepEqual(present, [...Object.keys(answers), ...Object.keys(programs)].sort());
	assert.equal(present.length, 30);
});

for (const [id, work] of Object.entries(answers))
	test(`${id}: the answer is what comes out`, () => {
		const told = items.get(id).reference.map((text) => text.match(/Answer: (.*)$/)[1]);
		assert.deepEqual(told, work());
	});

for (const [id, check] of Object.entries(programs))
	test(`${id}: the program does what is asked`, check);
