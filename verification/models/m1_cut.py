"""M1, the cut of counters cell by cell: one step is one operation on shared memory.

Every add is a distinct power of four, so the digits of a sum say which adds it holds and how often.
"""

import itertools
from functools import lru_cache

from mc import bfs, finish, report

DEAD, FROZEN, UNFILLED, TOMBSTONE, FREE = "dead", "frozen", "unfilled", "tombstone", -1

RULES = dict(
    reserve_first=1,  # a slot is reserved before dirty is set
    numbers_first=1,  # step 0 (openCells) before step 1 (cells)
    clear_first=1,  # dirty := 0 before the accumulator is read
    cas=1,  # lastCut moves by compare-and-set
    frozen=1,  # a freeze marks lastCut
    cells_first=1,  # an epoch is its cells, then its row log
    conflict=1,  # no fresh cell while the open rows epoch holds a Set or Max of the column
    rows_last=1,  # step 2 (rows) after step 1 (cells)
    group_locks=1,  # a group holds all its stripes while it appends
    wait_after=1,  # the waiter reads openCells after its add is entered in a chunk
    wait_cells=1,  # ... and openCells, not openRows
    wait_filled=1,  # the cut waits for reserved slots
    close=1,  # the cut closes the chunk it takes, so nobody reserves in it afterwards
    acc_first=1,  # a freeze takes the accumulator first, then lastCut
    freeze_adds=0,  # an Add that goes to the row log freezes the cell (it kept an origin)
    prefix=0,  # not promised: whoever came before a durable call is durable as well
)


def put(t, i, x):
    return t[:i] + (x,) + t[i + 1 :]


@lru_cache(maxsize=None)
def explained(ops, before, value):
    """Is there an order of these calls on one column, with before[i] = calls that precede call i, that gives value?"""
    for order in itertools.permutations(range(len(ops))):
        place = {o: i for i, o in enumerate(order)}
        if any(place[p] > place[i] for i in order for p in before[i]):
            continue
        v = 0
        for i in order:
            kind, x = ops[i]
            v = v + x if kind == "add" else x if kind == "set" else max(v, x)
        if v == value:
            return True
    return False


def make(threads, cuts, columns, stripes, R):
    # the calls: per thread a list of ops; op = list of (kind, column, number); more than one entry is a group
    calls, first = [], []
    digit = 0
    for t in threads:
        first.append(len(calls))
        for op in t:
            parts = []
            for kind, c in op:
                if kind == "add":
                    parts.append((kind, c, 4**digit))
                    digit += 1
                else:  # a number above all sums of adds, different for each call
                    parts.append((kind, c, 4 ** (9 + len(calls))))
            calls.append(tuple(parts))
    owner_of_digit = [(n, c) for n, call in enumerate(calls) for kind, c, x in call if kind == "add"]
    # thread: (next call, pc, locals)
    # cell: (column, accumulator, lastCut, dirty); chunk: (closed, slots)
    init = (
        1,  # 0 openCells
        1,  # 1 openRows
        tuple(range(columns)),  # 2 the cell of each column
        tuple((c, 0, 0, 0) for c in range(columns)),  # 3 cells
        tuple(range(stripes)),  # 4 current chunk of each stripe of chunks
        ((0, ()),) * stripes,  # 5 chunks
        (),  # 6 row log of epoch openRows: (call, kind, column, number)
        (FREE,) * columns,  # 7 stripe locks: FREE or the thread, "cut" for the cut
        (),  # 8 durable epochs: (cells, log)
        ("idle", cuts),  # 9 cut
        tuple((0, "start", ()) for _ in threads),  # 10 threads
        (None,) * len(calls),  # 11 for each call the calls that had returned when it began
        (None,) * len(calls),  # 12 the epoch each returned call waits for
    )

    def value(epochs, c):
        v = 0
        for cells, log in epochs:
            delta = sum(d for cc, d in cells if cc == c)
            if R["cells_first"]:
                v += delta
            for _, kind, cc, x in log:
                if cc == c:
                    v = v + x if kind == "add" else x if kind == "set" else max(v, x)
            if not R["cells_first"]:
                v += delta
        return v

    def check(G, final):
        """Called when an epoch has become durable."""
        epochs, began, waits = G[8], G[11], G[12]
        durable = {}  # call -> epochs of its parts
        for e, (cells, log) in enumerate(epochs, 1):
            for total in [d for _, d in cells] + [x for _, kind, _, x in log if kind == "add"]:
                i = 0
                while total:
                    total, n = divmod(total, 4)
                    if n:
                        durable.setdefault(owner_of_digit[i][0], []).extend([e] * n)
                    i += 1
            for n, kind, _, _ in log:
                if kind != "add":
                    durable.setdefault(n, []).append(e)
        for n, es in durable.items():
            if len(es) > len(calls[n]):
                return f"call {n} is in the epochs {es}: counted twice"
            if len(set(es)) > 1 or len(es) < len(calls[n]):
                return f"group {n} is split: in epochs {es}"
        for n, w in enumerate(waits):
            if w is not None and w <= len(epochs) and n not in durable:
                return f"call {n} was acknowledged with epoch {w} and is in no durable epoch"
        if final:
            for n in range(len(calls)):
                if n not in durable:
                    return f"call {n} is lost"
                if waits[n] > len(epochs):
                    return f"call {n} waits for epoch {waits[n]} for ever"
        for n in durable:
            for p in began[n] or ():
                same = {c for _, c, _ in calls[n]} & {c for _, c, _ in calls[p]}
                orders = any(kind != "add" for kind, c, _ in calls[p] if c in same)
                if p not in durable and same and (orders or R["prefix"]):
                    return f"call {n} is durable, call {p}, which had returned before it began, is not"
        for c in range(columns):
            ns = [n for n in sorted(durable) if any(cc == c for _, cc, _ in calls[n])]
            ops = tuple(next((k, x) for k, cc, x in calls[n] if cc == c) for n in ns)
            before = tuple(tuple(i for i, p in enumerate(ns) if p in began[n]) for n in ns)
            if not explained(ops, before, value(epochs, c)):
                return f"column {c}: no order of the calls {ns} explains the value {value(epochs, c)} of {epochs}"
        return None

    def succ(G):
        oc, orows, live, cells, cur, chunks, log, locks, epochs, cut, ths, began, waits = G

        def N(**k):
            d = dict(
                oc=oc, orows=orows, live=live, cells=cells, cur=cur, chunks=chunks, log=log, locks=locks,
                epochs=epochs, cut=cut, ths=ths, began=began, waits=waits,
            )
            d.update(k)
            return tuple(d.values())

        def cell(i, **k):
            d = dict(zip(("c", "acc", "last", "dirty"), cells[i]))
            d.update(k)
            return put(cells, i, tuple(d.values()))

        def reserve(k):
            return put(chunks, k, (chunks[k][0], chunks[k][1] + (UNFILLED,)))

        def fill(k, slot, what):
            return put(chunks, k, (chunks[k][0], put(chunks[k][1], slot, what)))

        def conflict(c):
            return R["conflict"] and any(cc == c and kind != "add" for _, kind, cc, _ in log)

        for t, (o, pc, loc) in enumerate(ths):
            if o >= len(threads[t]):
                continue
            n = first[t] + o
            call = calls[n]

            def T(pc, *loc):
                return put(ths, t, (o, pc, loc))

            def returned(epoch):
                return dict(ths=put(ths, t, (o + 1, "start", ())), waits=put(waits, n, epoch))

            name = f"T{t} {'+'.join(f'{k}({c},{x})' for k, c, x in call)}"
            if pc == "start":
                b = put(began, n, tuple(i for i, w in enumerate(waits) if w is not None))
                if len(call) == 1 and call[0][0] == "add":
                    i = live[call[0][1]]
                    early = oc if not R["wait_after"] else None
                    yield f"{name} begins, finds cell {i}", N(began=b, ths=T("add", i, early)), None
                else:
                    yield f"{name} begins", N(began=b, ths=T("lock", 0)), None
            elif pc == "add":
                i, early = loc
                if cells[i][1] == DEAD:
                    yield f"{name}: cell {i} is dead", N(ths=T("slow", early)), None
                else:
                    s = cells[i][1] + call[0][2]
                    yield f"{name}: accumulator {i} is {s}", N(cells=cell(i, acc=s), ths=T("dirty?", i, early)), None
            elif pc == "dirty?":
                i, early = loc
                if cells[i][3]:
                    yield f"{name}: cell {i} is dirty already", N(ths=T("number", early)), None
                else:
                    nxt = "chunk" if R["reserve_first"] else "cas"
                    yield f"{name}: cell {i} is not dirty", N(ths=T(nxt, i, early, None, None)), None
            elif pc == "chunk":
                i, early = loc[:2]
                k = cur[t % stripes]
                yield f"{name}: reads chunk pointer {k}", N(ths=T("reserve", i, early, k, None)), None
            elif pc == "reserve":
                i, early, k, _ = loc
                if chunks[k][0]:
                    yield f"{name}: chunk {k} is closed", N(ths=T("chunk", i, early, None, None)), None
                else:
                    slot = len(chunks[k][1])
                    nxt = "cas" if R["reserve_first"] else "fill"
                    more = () if R["reserve_first"] else (i,)
                    yield f"{name}: reserves slot {slot} of chunk {k}", N(chunks=reserve(k), ths=T(nxt, i, early, k, slot, *more)), None
            elif pc == "cas":
                i, early, k, slot = loc
                won = not cells[i][3]
                cs = cell(i, dirty=1) if won else cells
                if R["reserve_first"]:
                    st = T("fill", i, early, k, slot, i if won else TOMBSTONE)
                else:
                    st = T("chunk", i, early, None, None) if won else T("number", early)
                yield f"{name}: CAS dirty of cell {i} {'won' if won else 'lost'}", N(cells=cs, ths=st), None
            elif pc == "fill":
                i, early, k, slot, what = loc
                yield f"{name}: slot {slot} of chunk {k} := {what}", N(chunks=fill(k, slot, what), ths=T("number", early)), None
            elif pc == "number":
                e = loc[0] if loc[0] is not None else oc if R["wait_cells"] else orows
                yield f"{name}: returns, waits for epoch {e}", N(**returned(e)), None
            elif pc == "slow":
                # everything here but the pointer to the cell is guarded by the stripe lock: one step
                c = call[0][1]
                if locks[c] != FREE:
                    continue
                i = live[c]
                if cells[i][1] != DEAD:
                    yield f"{name}: under the lock finds live cell {i}", N(ths=T("add", i, loc[0])), None
                    continue
                yield (
                    f"{name}: under the lock appends to the log of {orows}, waits for it",
                    N(log=log + ((n,) + call[0],), **returned(orows)),
                    None,
                )
                if not conflict(c):
                    i = len(cells)
                    yield (
                        f"{name}: under the lock makes fresh cell {i}",
                        N(cells=cells + ((c, 0, 0, 0),), live=put(live, c, i), ths=T("add", i, loc[0])),
                        None,
                    )
            elif pc == "lock":
                # locks in the order of the stripes, then freezes, then appends
                todo = sorted({c for _, c, _ in call})
                c = todo[loc[0]]
                if locks[c] == FREE:
                    more = R["group_locks"] and loc[0] + 1 < len(todo)
                    st = T("lock", loc[0] + 1) if more else T("freeze", loc[0], ())
                    yield f"{name}: locks stripe {c}", N(locks=put(locks, c, t), ths=st), None
            elif pc == "freeze":
                j, rests = loc[0], loc[1]
                held = {c for c in range(columns) if locks[c] == t}
                hot = [c for k, c, _ in call if (k != "add" or R["freeze_adds"]) and c in held and cells[live[c]][1] != DEAD]
                if hot:
                    i = live[hot[0]]
                    if R["acc_first"]:
                        v = cells[i][1]
                        yield f"{name}: accumulator {i} := dead, was {v}", N(cells=cell(i, acc=DEAD), ths=T("freeze2", j, rests, i, v)), None
                    else:
                        yield f"{name}: lastCut {i} := frozen, was {cells[i][2]}", N(cells=cell(i, last=FROZEN), ths=T("freeze3", j, rests, i, cells[i][2])), None
                    continue
                todo = sorted({c for _, c, _ in call})
                new = log + rests + tuple((n,) + p for p in call if p[1] in held)
                free = tuple(FREE if x == t else x for x in locks)
                if R["group_locks"] or j + 1 == len(todo):
                    yield f"{name}: appends to the log of {orows}, unlocks, waits for {orows}", N(log=new, locks=free, **returned(orows)), None
                else:
                    yield f"{name}: appends its part to the log of {orows}, unlocks", N(log=new, locks=free, ths=T("lock", j + 1)), None
            elif pc in ("freeze2", "freeze3"):
                j, rests, i, x = loc
                if pc == "freeze2":
                    l, v = cells[i][2], x
                    cs = cell(i, last=FROZEN) if R["frozen"] else cells
                    text = f"lastCut {i} {':= frozen, ' if R['frozen'] else ''}was {l}"
                else:
                    l, v = x, cells[i][1]
                    cs, text = cell(i, acc=DEAD), f"accumulator {i} := dead, was {v}"
                rest = ((n, "add", cells[i][0], v - l),) if v != l else ()
                yield f"{name}: {text}, rest {v - l}", N(cells=cs, ths=T("freeze", j, rests + rest)), None

        # the cut of epoch e
        e = len(epochs) + 1
        pc = cut[0]
        busy = any(o < len(threads[t]) for t, (o, _, _) in enumerate(ths))

        def C(pc, *loc):
            return (pc, cut[1]) + loc

        order = ["cells", "rows"] if R["rows_last"] else ["rows", "cells"]
        order = (["number"] + order) if R["numbers_first"] else (order[:1] + ["number"] + order[1:] if order[0] == "cells" else order + ["number"])
        entry = dict(number="number", cells="swap", rows="locks")

        def after(phase, deltas, taken, final):
            i = order.index(phase) + 1
            nxt = entry[order[i]] if i < len(order) else "append"
            return C(nxt, deltas, taken, final)

        if pc == "idle":
            if (cut[1] > 0) if busy else (cut[1] >= 0):
                left = cut[1] - 1 if busy else -1  # when all are done one last cut follows
                yield f"cut {e} begins", N(cut=(entry[order[0]], left, (), (), not busy)), None
            return
        deltas, taken, final = cut[2:5]
        if pc == "number":
            yield f"cut {e}: openCells := {e + 1}", N(oc=e + 1, cut=after("number", deltas, taken, final)), None
        elif pc == "swap":
            ks, k = cut[5:] or ((),), len(chunks)
            ks = ks[0]
            old = cur[len(ks)]
            g = N(cur=put(cur, len(ks), k), chunks=chunks + ((0, ()),), cut=C("close", deltas, taken, final, ks + (old,)))
            yield f"cut {e}: chunk pointer {old} := {k}", g, None
        elif pc == "close":
            ks = cut[5]
            closed = put(chunks, ks[-1], (R["close"], chunks[ks[-1]][1]))
            nxt = C("swap", deltas, taken, final, ks) if len(ks) < stripes else C("slot", deltas, taken, final, ks, 0)
            yield f"cut {e}: closes chunk {ks[-1]}", N(chunks=closed, cut=nxt), None
        elif pc == "slot":
            k, j = cut[5:]
            slots = chunks[k[0]][1]
            while j < len(slots) and (slots[j] == TOMBSTONE or (slots[j] == UNFILLED and not R["wait_filled"])):
                j += 1
            if j == len(slots):
                nxt = C("slot", deltas, taken, final, k[1:], 0) if len(k) > 1 else after("cells", deltas, taken, final)
                yield f"cut {e}: chunk {k[0]} is done", N(cut=nxt), None
            elif slots[j] != UNFILLED:
                i = slots[j]
                if R["clear_first"]:
                    yield f"cut {e}: dirty {i} := 0", N(cells=cell(i, dirty=0), cut=C("last", deltas, taken, final, k, j, i)), None
                else:
                    yield f"cut {e}: comes to cell {i}", N(cut=C("last", deltas, taken, final, k, j, i)), None
        elif pc == "last":
            k, j, i = cut[5:]
            if cells[i][2] == FROZEN:
                yield f"cut {e}: cell {i} is frozen", N(cut=C("slot", deltas, taken, final, k, j + 1)), None
            else:
                yield f"cut {e}: lastCut {i} is {cells[i][2]}", N(cut=C("acc", deltas, taken, final, k, j, i, cells[i][2])), None
        elif pc == "acc":
            k, j, i, l = cut[5:]
            if cells[i][1] == DEAD:
                yield f"cut {e}: cell {i} is dead", N(cut=C("slot", deltas, taken, final, k, j + 1)), None
            else:
                nxt = "store" if R["clear_first"] else "clear"
                yield f"cut {e}: accumulator {i} is {cells[i][1]}", N(cut=C(nxt, deltas, taken, final, k, j, i, l, cells[i][1])), None
        elif pc == "clear":
            yield f"cut {e}: dirty {cut[7]} := 0", N(cells=cell(cut[7], dirty=0), cut=C("store", deltas, taken, final, *cut[5:])), None
        elif pc == "store":
            k, j, i, l, a = cut[5:]
            if cells[i][2] == l or not R["cas"]:
                d = deltas + ((cells[i][0], a - l),) if a != l else deltas
                yield f"cut {e}: lastCut {i} := {a}, delta {a - l}", N(cells=cell(i, last=a), cut=C("slot", d, taken, final, k, j + 1)), None
            else:
                yield f"cut {e}: CAS of lastCut {i} failed", N(cut=C("last", deltas, taken, final, k, j, i)), None
        elif pc == "locks":
            mine = [c for c in range(columns) if locks[c] == "cut"]
            if len(mine) < columns:
                if locks[len(mine)] == FREE:
                    yield f"cut {e}: locks stripe {len(mine)}", N(locks=put(locks, len(mine), "cut")), None
            else:
                yield (
                    f"cut {e}: openRows := {e + 1}, takes the log, unlocks",
                    N(orows=e + 1, log=(), locks=(FREE,) * columns, cut=after("rows", deltas, log, final)),
                    None,
                )
        elif pc == "append":
            # what earlier epochs left in their chunks is over
            done = tuple((1, ()) if i not in cur and R["close"] else ch for i, ch in enumerate(chunks))
            g = N(epochs=epochs + ((deltas, taken),), chunks=done, cut=("idle", cut[1]))
            yield f"epoch {e} is durable: cells {deltas}, log {taken}", g, check(g, final)

    return init, succ


def run(name, expect, threads, cuts=1, columns=1, stripes=1, **off):
    rules = dict(RULES)
    rules.update(off)
    init, succ = make(threads, cuts, columns, stripes, rules)
    report("M1 cut " + name, bfs(init, succ, limit=2000000, secs=100), expect)


# --- dead is a range of the accumulator, in small numbers ---------------------------------------------------------

SOFT, DEAD_BELOW, DEAD_VALUE, FAST = 4, -8, -16, 2  # the sum of stale adds stays below 8


def make_range(deltas, two_zones, bounded):
    # accumulator, frozen, sum of the row log, program counters
    init = (SOFT, False, 0, ("add",) * len(deltas))

    def succ(G):
        acc, frozen, log, pcs = G
        for t, (pc, d) in enumerate(zip(pcs, deltas)):
            if pc == "done":
                continue

            def step(label, acc=acc, frozen=frozen, log=log, pc="done"):
                g = (acc, frozen, log, put(pcs, t, pc))
                bad = None
                if all(x == "done" for x in g[3]):
                    total, want = log + (0 if frozen else acc), SOFT + sum(deltas)
                    bad = None if total == want else f"cell and log hold {total}, the calls give {want}"
                return f"T{t} add({d}): {label}", g, bad

            if pc == "add":
                if bounded and abs(d) > FAST:
                    yield step("large: to the row log", log=log + d)
                    continue
                a = acc + d
                nxt = "slow" if a < DEAD_BELOW else "freeze" if two_zones else "slow"
                yield step(f"accumulator is {a}", acc=a, pc=nxt if abs(a) > SOFT else "done")
            elif pc == "slow":
                yield step("taken as dead: to the row log", log=log + d)
            elif frozen:
                yield step("is frozen already")
            else:
                yield step(f"freezes the cell, {acc} to the row log", acc=DEAD_VALUE, frozen=True, log=log + acc)

    return init, succ


def run_range(name, expect, deltas, two_zones=1, bounded=1):
    init, succ = make_range(deltas, two_zones, bounded)
    report("M1 cut " + name, bfs(init, succ), expect)


ADD, SET, MAX = (("add", 0),), (("set", 0),), (("max", 0),)
ADD1 = (("add", 1),)
PAIR = (("add", 0), ("add", 1))
MIXED = (("add", 0), ("set", 1))

if __name__ == "__main__":
    run("2 adders, 3 adds, 2 cuts", False, [[ADD, ADD], [ADD]], cuts=2)
    run("3 adders, 1 cut", False, [[ADD], [ADD], [ADD]], cuts=1)
    run("2 adders, two stripes of chunks, 2 cuts", False, [[ADD, ADD], [ADD]], cuts=2, stripes=2)
    run("3 adders, two stripes of chunks, 1 cut", False, [[ADD], [ADD], [ADD]], cuts=1, stripes=2)
    run("2 adders and Set, 2 cuts", False, [[ADD], [ADD], [SET]], cuts=2)
    run("2 adders, one then Set, 2 cuts", False, [[ADD, ADD], [ADD, SET]], cuts=2)
    run("Set then add, against add, 2 cuts", False, [[SET, ADD], [ADD]], cuts=2)
    run("Set, add, Max, against 2 adds, 1 cut", False, [[SET, ADD, MAX], [ADD, ADD]], cuts=1)
    run("add, Set, add, against Set, 2 cuts", False, [[ADD, SET, ADD], [SET]], cuts=2)
    run("2 rows: group of adds, against adds on both, 2 cuts", False, [[PAIR], [ADD, ADD1]], cuts=2, columns=2)
    run("2 rows: group of add and Set, against adds on both, 2 cuts", False, [[MIXED, ADD], [ADD1]], cuts=2, columns=2)
    run("2 rows: group of adds that freeze, against 2 adds, 2 cuts", False, [[PAIR, ADD], [ADD]], cuts=2, columns=2, freeze_adds=1)
    run("2 rows: two groups and an add, 1 cut", False, [[MIXED], [PAIR], [ADD1]], cuts=1, columns=2)
    run("sabotage: dirty before the reservation", True, [[ADD], [ADD]], reserve_first=0)
    run("sabotage: openCells after the cells (step 0 after step 1)", True, [[ADD], [ADD]], numbers_first=0)
    run("sabotage: accumulator read before dirty := 0", True, [[ADD], [ADD]], clear_first=0)
    run("sabotage: lastCut stored, not compared and set", True, [[ADD], [SET]], cas=0)
    run("sabotage: a freeze leaves lastCut", True, [[ADD], [SET]], frozen=0)
    run("sabotage: the row log before the cells", True, [[ADD, SET], [ADD]], cells_first=0)
    run("sabotage: fresh cell beside a Set of the same epoch", True, [[SET, ADD]], conflict=0)
    run("sabotage: rows (step 2) before cells (step 1)", True, [[SET, ADD], [ADD]], rows_last=0)
    run("rows before cells, adds alone", False, [[ADD, ADD], [ADD]], rows_last=0)
    run("sabotage: group without holding its locks together", True, [[PAIR]], columns=2, group_locks=0)
    run("sabotage: openCells read before the add", True, [[ADD]], wait_after=0)
    run("sabotage: adder waits for openRows", True, [[ADD]], wait_cells=0)
    run("sabotage: cut does not wait for reserved slots", True, [[ADD], [ADD]], wait_filled=0)
    run("sabotage: chunk taken and not closed", True, [[ADD], [ADD]], close=0)
    run("freeze takes lastCut before the accumulator", False, [[ADD, ADD], [SET]], cuts=2, acc_first=0)
    run("not promised: an add is durable before a later group of the same thread", True, [[ADD, PAIR]], columns=2, prefix=1)
    run_range("range: dead apart from full, 5 adders", False, (2, 1, 2, -1, 1))
    run_range("range: a large delta goes to the row log", False, (1, 1, 9, 9))
    run_range("sabotage: a full cell taken as dead", True, (2, 1), two_zones=0)
    run_range("sabotage: large deltas on the fast path leave the dead zone", True, (1, 1, 9), bounded=0)
    finish()
