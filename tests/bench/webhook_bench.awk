# Medians of webhook_bench.sh's measurements as a table; in brackets the smallest and the largest of the rounds.
function sorted(key, values, n,   i, j, v) {
  n = split(seen[key], values, " ")
  for (i = 2; i <= n; ++i) {
    v = values[i] + 0
    for (j = i - 1; j >= 1 && values[j] + 0 > v; --j) values[j + 1] = values[j]
    values[j + 1] = v
  }
  return n
}
function median(key,   values, n) {
  n = sorted(key, values)
  return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}
function spread(key,   values, n) {
  n = sorted(key, values)
  return sprintf("%.0f–%.0f", values[1], values[n])
}
{
  if (!($2 in at)) at[$2] = 1
  for (i = 3; i <= 8; ++i) seen[$1, $2, i] = seen[$1, $2, i] " " $i
  errors[$1, $2] += $9
  rate[$1, $2, ++count[$1, $2]] = $3
}
# Of one round each: what else the machine does then hits both.
function ratio(a, b, connections, key,   i) {
  key = a SUBSEP b SUBSEP connections
  if (!(key in seen)) for (i = 1; i <= count[a, connections]; ++i)
    if (rate[b, connections, i] > 0) seen[key] = seen[key] " " 100 * rate[a, connections, i] / rate[b, connections, i]
  if (!(key in seen)) return "–"
  return sprintf("%.0f %% (%s)", median(key), spread(key))
}
function head(   i, line) {
  line = "| connections | server | requests/s"
  for (i = 1; i <= references; ++i) line = line " | of " called[reference[i]]
  return line " | p50 ms | p99 ms | p99.9 ms | max ms | CPU µs/request | errors |"
}
END {
  n = split(levels, level, " ")
  servers = split("plain floor headroomd before each slow grown forgetting", server, " ")
  label["plain"] = "Pistache, nothing stored"; label["headroomd"] = "**headroomd**"
  label["floor"] = "the floor: Pistache and SQLite, the least that is stored"
  label["before"] = "headroomd before"
  label["each"] = "a transaction per request"; label["slow"] = "headroomd, syncs of 20 ms"
  label["grown"] = "headroomd, 10 million groups, 20 million events"
  label["forgetting"] = "the same while it forgets old events"
  called["plain"] = "Pistache's"; called["floor"] = "the floor's"
  references = split("plain floor", reference, " ")
  print head()
  line = "|---|---|---|---|---|---|---|---|---"
  for (i = 1; i <= references; ++i) line = line "|---"
  print line "|"
  for (l = 1; l <= n; ++l) for (s = 1; s <= servers; ++s) {
    name = server[s]
    c = level[l]
    if (!count[name, c]) continue
    printf "| %s | %s | %.0f (%s)", c, label[name], median(name SUBSEP c SUBSEP 3), spread(name SUBSEP c SUBSEP 3)
    for (i = 1; i <= references; ++i) printf " | %s", name == reference[i] ? "" : ratio(name, reference[i], c)
    printf " | %.2f | %.2f | %.2f | %.2f | %.1f | %d |\n", median(name SUBSEP c SUBSEP 4) / 1000,
      median(name SUBSEP c SUBSEP 5) / 1000, median(name SUBSEP c SUBSEP 6) / 1000, median(name SUBSEP c SUBSEP 7) / 1000,
      median(name SUBSEP c SUBSEP 8), errors[name, c]
  }
  if (!count["each", level[1]]) exit
  printf "\nheadroomd beside a transaction per request:"
  for (l = 1; l <= n; ++l) printf " %s at %s%s", ratio("headroomd", "each", level[l]), level[l], l < n ? "," : " connections.\n"
}
