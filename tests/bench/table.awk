# SPDX-License-Identifier: GPL-2.0-or-later
#
# table.awk: the tables of tests/bench/run.
#
# Reads its results: scenario, contestant, median ms, least, most, peak KiB,
# bytes, exit status, rounds, descriptors.  -v goals= the file of numbers to
# reach, -v machine= lines about the machine, -v format=text|markdown, -v quick=1
# where the loads are too small for a verdict.

function plus(expr,	part, i, n, sum)
{
	n = split(expr, part, "+")
	# a name may have a plus in it (lsof+E)
	if (expr in ms)
		return ms[expr]
	for (i = 1; i <= n; i++) {
		if (!(part[i] in ms))
			return 0
		sum += ms[part[i]]
	}
	return sum
}

function value(expr,	part, i, n, best, v)
{
	n = split(expr, part, "|")
	for (i = 1; i <= n; i++) {
		v = plus(part[i])
		if (v && (!best || v < best))
			best = v
	}
	return best
}

function row(a, b, c, d, e, f, g)
{
	if (format == "markdown")
		printf "| %s | %s | %s | %s | %s | %s | %s |\n", a, b, c, d, e, f, g
	else
		printf "%-26s %10s %17s %10s %9s %9s  %s\n", a, b, c, d, e, f, g
}

function goal_row(text, measured, want, verdict)
{
	if (format == "markdown")
		printf "| %s | %s | %s | %s |\n", text, measured, want, verdict
	else
		printf "%-82s %11s %12s  %s\n", text, measured, want, verdict
}

function title(text)
{
	printf format == "markdown" ? "\n## %s\n\n" : "\n%s\n", text
}

function rule(n,	i)
{
	if (format != "markdown")
		return
	for (i = 0; i < n; i++)
		printf "|---"
	print "|"
}

function ratio(a, b)
{
	return b ? sprintf("%.2f", a / b) : "-"
}

# Ratios are to the first contestant, which is ipcscope, and the first floor.
function scenario_table(s,	i, k, floor)
{
	title(s)
	for (i = 1; i <= count[s]; i++)
		if (!floor && who[s, i] ~ /^floor/)
			floor = s ":" who[s, i]
	row("", "median ms", "least-most", "x " who[s, 1], "x floor", "MB", "output")
	rule(7)
	for (i = 1; i <= count[s]; i++) {
		k = s ":" who[s, i]
		if (who[s, i] ~ /^calls-/)
			continue
		row(who[s, i] notes[k], sprintf("%.1f", ms[k]), range[k],
		    ratio(ms[k], ms[s ":" who[s, 1]]),
		    floor ? ratio(ms[k], ms[floor]) : "-",
		    sprintf("%.1f", rss[k] / 1024), bytes[k])
	}
	for (i = 1; i <= count[s]; i++)
		if (who[s, i] ~ /^calls-/)
			printf "%ssystem calls per descriptor, %s: %.2f\n",
				format == "markdown" ? "\n" : "  ",
				substr(who[s, i], 7), ms[s ":" who[s, i]]
}

function verdict(v, limit, least)
{
	if (quick)
		return "-"
	return (least ? v >= limit : v <= limit) ? "yes" : "NO"
}

function judge(kind, limit, what, against, text,	v, b)
{
	if (!(what in ms))
		return
	# quick because of an error, or because it said nothing, is not quick
	if (exits[what] || !bytes[what]) {
		goal_row(text, exits[what] ? "exit " exits[what] : "no output",
			 limit, "NO")
		return
	}
	v = ms[what]
	if (kind == "faster" || kind == "at-most") {
		b = value(against)
		if (!b)
			return
		v = kind == "faster" ? b / v : v / b
		goal_row(text, sprintf("%.2fx", v),
			 (kind == "faster" ? ">= " : "<= ") limit "x",
			 verdict(v, limit, kind == "faster"))
	} else if (kind == "more") {
		if (!(against in ms))
			return
		v -= ms[against]
		goal_row(text, sprintf("%.1f ms more", v), "<= " limit " ms",
			 verdict(v, limit))
	} else if (kind == "ms") {
		goal_row(text, sprintf("%.1f ms", v), "<= " limit " ms",
			 verdict(v, limit))
	} else if (kind == "mb") {
		v = rss[what] / 1024
		goal_row(text, sprintf("%.1f MB", v), "<= " limit " MB",
			 verdict(v, limit))
	} else if (kind == "out") {
		v = bytes[what] / 1e6
		goal_row(text, sprintf("%.2f MB", v), "<= " limit " MB",
			 verdict(v, limit))
	} else if (kind == "fd-bytes" && fds[what] && (against in rss)) {
		v = (rss[what] - rss[against]) * 1024 / fds[what]
		goal_row(text, sprintf("%.0f bytes", v), "<= " limit,
			 verdict(v, limit))
	}
}

function read_goals(growth,	line, f)
{
	while ((getline line < goals) > 0) {
		if (line ~ /^#/ || split(line, f, "\t") < 5)
			continue
		if (!growth && f[1] != "growth")
			judge(f[1], f[2], f[3], f[4], f[5])
		else if (growth && f[1] == "growth" && (f[3] in ms) && (f[4] in ms))
			goal_row(f[5], ratio(ms[f[3]], ms[f[4]]) "x time",
				 ratio(rss[f[3]], rss[f[4]]) "x memory", "")
	}
	close(goals)
}

{
	if (!($1 in count))
		order[++scenarios] = $1
	k = $1 ":" $2
	who[$1, ++count[$1]] = $2
	ms[k] = $3
	range[k] = sprintf("%.1f-%.1f", $4, $5)
	rss[k] = $6
	bytes[k] = $7
	exits[k] = $8
	fds[k] = $10
	notes[k] = ($8 != 0 ? " (exit " $8 ")" : "") ($9 < 3 ? " (" $9 " rounds)" : "")
}

END {
	if (format == "markdown")
		print "# ipcscope against its rivals and the kernel's floor\n"
	while ((getline line < machine) > 0)
		print line (format == "markdown" ? "  " : "")
	title("Numbers to reach")
	if (format == "markdown") {
		goal_row("what", "measured", "to reach", "reached")
		rule(4)
	}
	read_goals(0)
	title("Growth")
	if (format == "markdown") {
		goal_row("what", "time", "memory", "")
		rule(4)
	}
	read_goals(1)
	for (i = 1; i <= scenarios; i++)
		scenario_table(order[i])
}
