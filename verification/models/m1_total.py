"""M1, cells and flush: the planning of a flush from lastCut, get, and the kept origin of totals.

One column of one row. Calls are one step each (m1_cut.py has the steps inside); the cut has three steps, the flush and
get have one a message. Adds are distinct powers of four; a Set has a number above all sums.
"""

import itertools

from mc import bfs, finish, report

RULES = dict(
    plan_locked=1,  # the plan is made while no cut is between its first step and durable
    same_plan=1,  # an unknown answer is resolved with the same plan
    frozen_cut=1,  # the plan knows what of a frozen cell was cut
    keep_frozen=1,  # frozen cells stay reachable until flushed
    frozen_place=1,  # in get a frozen cell counts where its freeze stands in the row log
    group_freezes=1,  # an Add that goes to the row log freezes a cell that keeps an origin
    drop_origin=1,  # dead letters drop the origin
    see_to=1,  # get with s == to uses flushing
    again=1,  # get with an s that is neither known nor to reads again
    reload=1,  # after a fall-back get adds the reloaded epochs
    wake=1,  # a get that still sees s < known makes the flush read the ledger
    plan_back=1,  # a plan for reloaded epochs sets flushing to flushed
)


def put(t, i, x):
    return t[:i] + (x,) + t[i + 1 :]


def fold(v, ops):
    for kind, x in ops:
        v = v + x if kind == "add" else x
    return v


def make(ops, gets, flushes, lose, dead, restore, R):
    # cell: (accumulator or None when dead, lastCut, flushed, flushing, origin or None, freeze epoch or None)
    calls = [("set", 4 ** (10 + i)) if k == "set" else (k, 4**i) for i, k in enumerate(ops)]
    init = (
        0,  # 0 calls accepted
        ((0, 0, 0, 0, None, None),),  # 1 cells, the last one is live unless dead
        (),  # 2 row log: (epoch, kind, x); kind "cell" is a frozen cell x
        (0, 0, None),  # 3 cut: phase, deltas, -
        1,  # 4 openRows
        (),  # 5 durable epochs: content as a list of (kind, x)
        (0, 0),  # 6 database: value, ledger
        (0, None, 0),  # 7 flush: known, plan, reference of the cells (flushed is as of that epoch)
        None,  # 8 in-doubt transaction (from, to)
        None,  # 9 get: (value, s, dead calls then) | None
        (lose, dead, restore, gets, flushes),  # 10
        frozenset(),  # 11 epochs gone to dead letters
        None,  # 12 backup (value, ledger, dead epochs)
        frozenset(),  # 13 epochs in dead letters as far as forgotten
    )

    def content(epochs, a, b):
        return [x for e in epochs[a:b] for x in e]

    def expected(g, without):
        """All accepted calls in order, without the epochs in dead letters: what a get and a total must give."""
        v = 0
        for i, e in enumerate(g[5], 1):
            if i not in without:
                v = fold(v, e)
        v += g[3][1]
        for e, kind, x in g[2]:
            if e > len(g[5]) and kind != "cell":
                v = fold(v, [(kind, x)])
        live = g[1][-1]
        if live[0] is not None:
            v += live[0] - live[1]
        return v

    def succ(G):
        nop, cells, log, cut, orows, epochs, db, fl, doubt, get, bud, gone, backup, gone_known = G
        known, plan, ref = fl
        lose_, dead_, rst, gets_, flushes_ = bud
        value, s = db

        def N(**k):
            d = dict(
                nop=nop, cells=cells, log=log, cut=cut, orows=orows, epochs=epochs, db=db, fl=fl, doubt=doubt, get=get,
                bud=bud, gone=gone, backup=backup, gone_known=gone_known,
            )
            d.update(k)
            return tuple(d.values())

        def pending(cs, lg, as_of, use_flushing, base):
            """What get adds to value: the row log in order, frozen cells in their places, the live cell last."""
            v = base
            late = 0
            for e, kind, x in lg:
                if kind == "cell":
                    _, last, flushed, flushing, _, _ = cs[x]
                    if e > as_of:
                        d = last - (flushing if use_flushing else flushed)
                        if R["frozen_place"]:
                            v += d
                        else:
                            late += d
                elif e > as_of:
                    v = fold(v, [(kind, x)])
            live = cs[-1]
            if live[0] is not None:
                v += live[0] - (live[3] if use_flushing else live[2])
            return v + late

        def judge(g):
            """What was accepted is there, in its order; a kept origin is exact at every moment."""
            if g[6][0] != fold(0, [x for i, e in enumerate(g[5][: g[6][1]], 1) if i not in g[11] for x in e]):
                return f"database holds {g[6][0]} at ledger {g[6][1]}, the epochs are {g[5]}"
            called = fold(0, [("set" if k == "set" else "add", x) for k, x in calls[: g[0]]])
            if expected(g, ()) != called:
                return f"epochs, log and cells give {expected(g, ())}, the calls give {called}"
            live = g[1][-1]
            if live[0] is None or live[4] is None:
                return None
            total = live[4] + live[0]
            # expected: with or without what the flush in flight has just put to the dead letters
            want = {expected(g, g[11]), expected(g, g[13])}
            return None if total in want else f"total from origin is {total}, the calls give {sorted(want)}"

        out = []

        def go(label, g, bad=None):
            out.append((label, g, bad or judge(g)))

        live = cells[-1]
        n = len(cells) - 1

        def freeze(cs, lg):
            acc, last, flushed, flushing, _, _ = cs[-1]
            rest = acc - last
            keep = (None, last, flushed, flushing, None, orows)
            if not R["keep_frozen"]:
                keep = (None, last, last, last, None, orows)
            lg = lg + ((orows, "cell", n),) + (((orows, "add", rest),) if rest else ())
            return put(cs, n, keep), lg

        # calls
        if nop < len(calls):
            kind, x = calls[nop]
            if kind == "add":
                if live[0] is not None:
                    go(f"add {x} to the cell", N(nop=nop + 1, cells=put(cells, n, (live[0] + x,) + live[1:])))
                else:
                    go(f"add {x} to the row log of {orows}", N(nop=nop + 1, log=log + ((orows, "add", x),)))
                    if not any(e == orows and k == "set" for e, k, _ in log):
                        go(f"add {x} to a fresh cell", N(nop=nop + 1, cells=cells + ((x, 0, 0, 0, None, None),)))
            elif kind == "group":
                cs, lg, text = cells, log, ""
                if live[0] is not None and live[4] is not None and R["group_freezes"]:
                    cs, lg = freeze(cs, lg)
                    text = ", freezes the cell"
                go(f"group adds {x} to the row log of {orows}{text}", N(nop=nop + 1, cells=cs, log=lg + ((orows, "add", x),)))
            else:
                cs, lg = freeze(cells, log) if live[0] is not None else (cells, log)
                go(f"set {x} in the row log of {orows}", N(nop=nop + 1, cells=cs, log=lg + ((orows, "set", x),)))
        # cut of epoch e
        e = len(epochs) + 1
        if cut[0] == 0:
            work = any(x[0] >= e and x[1] != "cell" for x in log) or (live[0] is not None and live[0] != live[1])
            if work:
                d = live[0] - live[1] if live[0] is not None else 0
                cs = put(cells, n, (live[0], live[0]) + live[2:]) if d else cells
                go(f"cut {e}: cells, delta {d}", N(cells=cs, cut=(1, d, None)))
        elif cut[0] == 1:
            go(f"cut {e}: rows", N(orows=e + 1, cut=(2, cut[1], None)))
        else:
            body = ((("add", cut[1]),) if cut[1] else ()) + tuple((k, x) for ee, k, x in log if ee == e and k != "cell")
            go(f"epoch {e} is durable: {body}", N(epochs=epochs + (body,), cut=(0, 0, None)))

        # flush
        def forget(to, at_ref=True):
            cs = tuple((c[0], c[1], c[3] if at_ref else c[2], c[3], c[4], c[5]) for c in cells)
            if R["drop_origin"] and gone != gone_known:
                cs = tuple(c[:4] + (None,) + c[5:] for c in cs)
            lg = tuple(x for x in log if x[0] > to)
            return dict(cells=cs, log=lg, fl=(to, None, max(ref, to)), gone_known=gone)

        last = len(epochs)
        locked = R["plan_locked"] and cut[0] != 0

        def planned(cs):
            return tuple(
                c[:3] + ((c[1] if c[5] is None or R["frozen_cut"] else c[2]),) + c[4:] for c in cs
            )

        def back(cs):  # a plan that ends where flushed already stands
            return tuple(c[:3] + (c[2],) + c[4:] for c in cs)

        if plan is None and not locked and last > known and flushes_:
            to = ref if known < ref else last
            cs = planned(cells) if known == ref else back(cells) if R["plan_back"] else cells
            go(f"flush plans {known}->{to}", N(cells=cs, fl=(known, ("tx", known, to), ref), bud=(lose_, dead_, rst, gets_, flushes_ - 1)))
        elif plan and plan[0] == "tx" and doubt is None:
            _, frm, to = plan
            if s == frm:
                for d in (0, 1) if dead_ and not gone else (0,):
                    v = value if d else fold(value, content(epochs, frm, to))
                    g = gone | set(range(frm + 1, to + 1)) if d else gone
                    b = (lose_, dead_ - d, rst, gets_, flushes_)
                    go(f"COMMIT {frm}->{to} answered{', row missing: dead letters' if d else ''}", N(db=(v, to), gone=frozenset(g), bud=b, fl=(known, ("ok", frm, to), ref)))
                if lose_:
                    go(f"COMMIT {frm}->{to}: answer lost", N(doubt=(frm, to), bud=(lose_ - 1, dead_, rst, gets_, flushes_), fl=(known, ("doubt", frm, to), ref)))
            else:
                go(f"ledger hit no row, is {s}", N(fl=(known, ("doubt", frm, to), ref)))
        elif plan and plan[0] == "ok":
            go(f"forgets up to {plan[2]}", N(**forget(plan[2])))
        elif plan and plan[0] == "doubt":
            _, frm, to = plan
            if s == to == known:
                go(f"reads ledger {s}: nothing to do", N(fl=(known, None, ref)))
            elif s == to or (s > known and not R["same_plan"]):
                go(f"reads ledger {s}: forgets up to there", N(**forget(s)))
            elif s == frm:
                if R["same_plan"]:
                    go(f"reads ledger {s}: the same plan again", N(fl=(known, ("tx", frm, to), ref)))
                elif not locked:
                    go(f"reads ledger {s}: plans anew {s}->{last}", N(cells=planned(cells), fl=(known, ("tx", s, last), ref)))
            elif s < known:
                cs = tuple(c[:4] + (None,) + c[5:] for c in cells)
                go(f"ledger fell back to {s}: reloads epochs {s + 1}..{known}", N(cells=cs, fl=(s, None, ref), gone_known=gone))
        if doubt:
            v = fold(value, content(epochs, doubt[0], doubt[1]))
            go(f"server: {doubt[0]}->{doubt[1]} commits late", N(db=(v, doubt[1]), doubt=None))
            go(f"server: {doubt[0]}->{doubt[1]} rolls back", N(doubt=None))
        if rst and backup is None:
            go("backup taken", N(backup=db))
        if rst and backup is not None and backup != db and not gone:
            go(f"database restored to ledger {backup[1]}", N(db=backup, doubt=None, backup=None, bud=(lose_, dead_, rst - 1, gets_, flushes_)))
        # get
        if get is None and gets_:
            go(f"get reads value {value} at ledger {s}", N(get=(value, s, gone), bud=(lose_, dead_, rst, gets_ - 1, flushes_)))
        elif get is not None:
            v0, s0, gone0 = get
            in_flight = plan is not None and s0 == plan[2]
            if s0 == known and not (known < ref and not R["reload"]):
                base = fold(v0, content(epochs, s0, ref)) if known < ref else v0
                got = pending(cells, log, max(s0, ref), False, base)
            elif s0 == known:
                got = pending(cells, log, ref, False, v0)
            elif in_flight and R["see_to"]:
                got = pending(cells, log, s0, True, v0)
            elif s0 < known and R["again"] or s0 > known and R["see_to"] and R["same_plan"]:
                go("get reads again", N(get=(value, s, gone)))
                if R["wake"] and plan is None and s0 < known:
                    go("get wakes the flush", N(fl=(known, ("doubt", known, known), ref)))
                if all(g == G for _, g, _ in out):
                    return [("get reads again", G, "get reads again for ever")]
                return out
            else:
                got = pending(cells, log, s0, s0 > known and R["see_to"], v0)
            want = expected(G, gone0)
            bad = None if got == want else f"get gives {got}, the calls give {want}"
            cs = cells
            if live[0] is not None:
                cs = put(cells, n, live[:4] + (got - live[0],) + live[5:])
            go(f"get gives {got}", N(get=None), bad)
            go(f"get gives {got}, origin kept", N(get=None, cells=cs), bad)
        return out

    return init, succ


def run(name, expect, ops, gets=1, flushes=2, lose=0, dead=0, restore=0, **off):
    rules = dict(RULES)
    rules.update(off)
    init, succ = make(ops, gets, flushes, lose, dead, restore, rules)
    report("M1 total " + name, bfs(init, succ, limit=2000000, secs=100), expect)


# --- addAndGet in its own steps, beside adds that go to the row log -------------------------------------------------


def make_totals(how):
    """T0 and T1 call addAndGet, T2 adds through a group. how: freeze | nothing | origin (origin += d), read before or
    after the accumulator."""
    # (accumulator or None, origin), total of the row log, threads (pc, seen origin, result), began
    init = ((0, 0), 0, ((0, None, None),) * 3, (None, None, None))
    adds = (1, 4, 16)

    def explained(threads, began):
        done = [t for t in range(3) if began[t] is not None and threads[t][0] == "done"]
        for order in itertools.permutations(done):
            if any(order.index(p) > order.index(t) for t in done for p in began[t] if p in done):
                continue
            v = 0
            for t in order:
                v += adds[t]
                if threads[t][2] is not None and threads[t][2] != v:
                    break
            else:
                return True
        return False

    def succ(G):
        (acc, origin), log, ths, began = G
        for t, (pc, o, r) in enumerate(ths):
            if pc == "done":
                continue
            b = began if began[t] is not None else put(began, t, tuple(i for i in range(3) if ths[i][0] == "done"))

            def step(label, c=None, lg=log, **k):
                st = (k.get("pc", pc), k.get("o", o), k.get("r", r))
                g = (c or (acc, origin), lg, put(ths, t, st), b)
                bad = None
                if st[0] == "done" and not explained(g[2], g[3]):
                    bad = f"no order of the calls explains the totals {[x[2] for x in g[2]]}"
                return f"T{t} {label}", g, bad

            if t == 2:
                if how.startswith("freeze") and acc is not None:
                    yield step("group: freezes the cell, appends", (None, None), log + acc + adds[2], pc="done")
                elif how.startswith("origin"):
                    yield step("group: appends, origin += 16", (acc, origin + adds[2]), log + adds[2], pc="done")
                else:
                    yield step("group: appends", None, log + adds[2], pc="done")
            elif pc == 0 and not how.endswith("after"):
                yield step(f"reads origin {origin}", pc=1, o=origin)
            elif pc in (0, 1):
                if acc is None:
                    yield step(f"cell is dead: adds to the row log, total {log + adds[t]}", None, log + adds[t], pc="done", r=log + adds[t])
                else:
                    a = acc + adds[t]
                    if how.endswith("after"):
                        yield step(f"accumulator is {a}", (a, origin), pc=2, r=a)
                    else:
                        yield step(f"accumulator is {a}, total {o + a}", (a, origin), pc="done", r=o + a)
            else:
                yield step(f"reads origin {origin}, total {origin + r}", pc="done", r=origin + r)

    return init, succ


def run_totals(name, expect, how):
    init, succ = make_totals(how)
    report("M1 total " + name, bfs(init, succ), expect)


if __name__ == "__main__":
    run("3 adds, 1 lost answer, 2 gets", False, ["add"] * 3, gets=2, lose=1)
    run("add, Set, add, 1 lost answer", False, ["add", "set", "add"], lose=1, gets=2)
    run("add, add, Set, add, Set, add, 3 flushes", False, ["add", "add", "set", "add", "set", "add"], gets=1, flushes=3)
    run("adds and a group's add, 1 lost answer, 2 gets", False, ["add", "group", "add"], gets=2, lose=1)
    run("row missing, 2 gets", False, ["add", "add", "add"], gets=2, dead=1)
    run("database falls back, 2 gets", False, ["add", "set", "add"], gets=2, flushes=4, restore=1)
    run("database falls back, 1 lost answer", False, ["add", "add"], gets=2, flushes=4, restore=1, lose=1)
    run("sabotage: plan made during a cut", True, ["add", "add"], plan_locked=0)
    run("sabotage: a new plan while the old COMMIT is in doubt", True, ["add", "add"], lose=1, same_plan=0)
    run("sabotage: the plan skips frozen cells", True, ["add", "add", "group"], gets=2, frozen_cut=0)
    run("sabotage: frozen cells forgotten at the freeze", True, ["add", "group"], gets=2, keep_frozen=0)
    run("sabotage: a frozen cell counts after its Set", True, ["add", "set"], frozen_place=0)
    run("sabotage: get ignores the flush in flight", True, ["add"], see_to=0)
    run("sabotage: get does not read again", True, ["add"], again=0)
    run("sabotage: group adds beside a kept origin", True, ["add", "group"], group_freezes=0)
    run("sabotage: origin kept over dead letters", True, ["add", "add"], dead=1, drop_origin=0)
    run("sabotage: after a fall-back the reloaded epochs are left out", True, ["add"], restore=1, flushes=3, reload=0)
    run("sabotage: get waits for a fallen-back database to be noticed", True, ["add"], restore=1, wake=0)
    run("sabotage: reloaded epochs flushed with a stale flushing", True, ["add", "add"], restore=1, flushes=4, plan_back=0)
    run_totals("addAndGet beside a group that freezes", False, "freeze")
    run_totals("sabotage: addAndGet beside a group that leaves the cell", True, "nothing")
    run_totals("sabotage: group moves the origin, read before the add", True, "origin")
    run_totals("sabotage: group moves the origin, read after the add", True, "origin-after")
    finish()
