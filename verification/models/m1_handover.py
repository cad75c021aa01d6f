"""M1, hand-over at commit: a row of weir_handover written by the user's transaction T, applied by one flush.

Journal steps are one step here (m1.py has them apart). An epoch's items are ids of hand-over groups.
"""

from mc import bfs, finish, report

RULES = dict(
    register=1,  # the id is in memory before COMMIT is sent; take-up leaves it alone
    look=1,  # the flush applies a group only when its row is there
    lock=1,  # ... by a locking read
    once=1,  # an id that is twice in one flush applies once
    seen=1,  # the flush deletes the rows that it saw, not all of its ids
    delete="flush",  # the row goes in the flush's transaction | after it | at joining
    memory=1,  # take-up leaves alone what is pending in memory
    join="answered",  # a group joins after COMMIT was answered | before it is sent
    dirty=0,  # take-up and look see uncommitted rows
    writers=1,  # a writer id is in the journal before its first row, and stays there
    takeup=1,  # at each flush
    startup=1,  # and at start, before anything else
    own_thread=1,  # no flush of this process between the statement of a take-up and its joining
    wake=1,  # a get that sees a ledger below what was known before makes the flush resolve it, and reads again
    getrule="row",  # get counts a pending group when its row is there | when ledger < epoch
    listfirst=1,  # get takes its list before the statement
    guard=1,  # ledger: seq = from
    replay=1,  # the flush reloads retained epochs after a fall-back
    claim_old=1,  # a claim names the old writer
    bury=0,  # a take-up may make a row that it can't read a dead letter: "guarded" by the row being there | "blind"
)


def put(t, i, x):
    return t[:i] + (x,) + t[i + 1 :]


def make(nt, kill, lose, flose, copy, other, restore, gets, R):
    # database: T's committed, hand-over rows ((id, writer)...), how often applied, ledger ((writer, seq)...)
    db0 = (frozenset(), frozenset(), (0,) * nt, ())
    # process: writer, writers of its journal, epochs ((writer, seq, ids, state)...), flush, in flight, known, get, take-up list
    p0 = (1, frozenset([1]), ((1, 1, (), "open"),), None, frozenset(), (), None, None)
    # journal: (writers, epochs)
    j0 = (frozenset([1]) if R["writers"] else frozenset(), ())
    procs = (p0, None)
    disks = (j0, None)
    nextw = 2
    if other:
        procs = (p0, (2, frozenset([2]), ((2, 1, (), "open"),), None, frozenset(), (), None, None))
        disks = (j0, (frozenset([2]), ()))
        nextw = 3
    # T: None not begun | (status, process, writer): run, sent (COMMIT on its way), doubt (nobody waits), done, gone
    init = (procs, disks, db0, (None,) * nt, (), nextw, (kill, lose, flose, copy, restore, gets), None)

    def get_(led, w):
        return dict(led).get(w, 0)

    def set_(led, w, s):
        d = dict(led)
        d[w] = s
        return tuple(sorted(d.items()))

    def check(G):
        procs, disks, db, ts, txs, _, _, _ = G
        done, hand, applied, led = db
        rows = {i for i, _ in hand}
        for i in range(nt):
            if applied[i] > 1:
                return f"group {i} applied {applied[i]} times"
            if applied[i] and i not in done:
                return f"group {i} applied, its transaction is not committed"
            if i in done and not applied[i] and i not in rows:
                kept = any(i in e[2] for p in procs if p for e in p[2])
                kept |= any(i in e[2] and e[1] > get_(led, e[0]) for d in disks if d for e in d[1])
                kept |= any(i in t[4] for t in txs)
                if not kept:
                    return f"group {i} is lost: its transaction is committed, row and epoch are gone"
        return None

    def succ(G):
        found = False
        for label, g, bad in moves(G):
            found |= g != G
            yield label, g, bad or check(g)
        if not found:
            done, _, applied, _ = G[2]
            left = [i for i in done if not applied[i]]
            if left:
                yield "nothing more happens", G + ("end",), f"groups {left} are never applied"

    def moves(G):
        if len(G) > 8:
            return
        procs, disks, db, ts, txs, nw, bud, backup = G
        done, hand, applied, led = db
        kill_, lose_, flose_, copy_, rst, gets_ = bud
        rows = {i for i, _ in hand}

        def S(**k):
            d = dict(procs=procs, disks=disks, db=db, ts=ts, txs=txs, nw=nw, bud=bud, backup=backup)
            d.update(k)
            return tuple(d.values())

        def B(i):
            return put(bud, i, bud[i] - 1)

        locked = {i for t in txs for i in t[6]}

        def apply(d, batch, w, to, look):
            done_, hand_, applied_, led_ = d
            new = list(applied_)
            ids = list(dict.fromkeys(batch)) if R["once"] else list(batch)
            for i in ids:
                if not R["look"] or i in look:
                    new[i] += 1
            if R["delete"] == "flush":
                hand_ = frozenset(x for x in hand_ if x[0] not in (look if R["seen"] else batch))
            return (done_, hand_, tuple(new), set_(led_, w, to))

        # the database and the user's transactions
        for i, t in enumerate(ts):
            if t is None or t[0] in ("done", "gone"):
                continue
            status, pi, w = t
            if status in ("sent", "doubt") and i not in done:
                d = (done | {i}, hand | {(i, w)}, applied, led)
                yield f"server: T{i} commits{' late' if status == 'doubt' else ''}", S(db=d, ts=put(ts, i, ("gone", pi, w)) if status == "doubt" else ts), None
                if status == "doubt":
                    yield f"server: T{i} rolls back", S(ts=put(ts, i, ("gone", pi, w))), None
        for t in txs:
            if t[5] == "lost":
                rest = tuple(x for x in txs if x != t)
                w, frm, to = t[:3]
                yield f"server: flush {w}: {frm}->{to} commits late", S(txs=rest, db=apply(db, t[4], w, to, t[3])), None
                yield f"server: flush {w}: {frm}->{to} rolls back", S(txs=rest), None
        if copy_ and disks[1] is None:
            yield "journal directory is copied", S(disks=(disks[0], disks[0]), bud=B(3)), None
        if rst and backup is None:
            yield "backup taken", S(backup=db), None
        if rst and backup is not None and backup != db:
            # what was open in the database is over
            gone = tuple(("gone",) + t[1:] if t and t[0] == "doubt" or t and t[0] == "run" else t for t in ts)
            yield "database restored to that state", S(db=backup, txs=(), ts=gone, backup=None, bud=B(4)), None

        for pi, p in enumerate(procs):
            if p is None:
                if disks[pi] is not None and (pi == 1 or kill_ < kill):
                    writers, recs = disks[pi]
                    known = tuple(sorted({e[0]: get_(led, e[0]) for e in recs}.items()))
                    eps = tuple((a, b, ids, "durable") for a, b, ids in recs if b > get_(led, a))
                    old = {i for e in eps for i in e[2]}
                    mine = writers | {nw}
                    new = tuple(sorted(i for i, x in hand if x in mine and i not in old)) if R["startup"] else ()
                    q = (nw, writers | {nw}, eps + ((nw, 1, new, "open"),), None, frozenset(), known, None, None)
                    ds = put(disks, pi, (writers | {nw}, recs)) if R["writers"] else disks
                    yield f"P{pi} starts as writer {nw}, pending {[e[:3] for e in eps]}, takes up {new}", S(procs=put(procs, pi, q), disks=ds, nw=nw + 1), None
                continue
            w, mine, eps, fl, flight, known, get, taken = p

            def N(**k):
                d = dict(w=w, mine=mine, eps=eps, fl=fl, flight=flight, known=known, get=get, taken=taken)
                d.update(k)
                return put(procs, pi, tuple(d.values()))

            pend = {i for e in eps for i in e[2]}
            oi = [k for k, e in enumerate(eps) if e[3] == "open"][0]

            def join(*ids):
                return put(eps, oi, eps[oi][:2] + (eps[oi][2] + ids, "open"))

            # user's transactions
            for i, t in enumerate(ts):
                if t is None:
                    if pi == 0 and (i == 0 or ts[i - 1] is not None):
                        yield f"P0: T{i} writes its hand-over row, not committed", S(ts=put(ts, i, ("run", pi, w))), None
                    continue
                if t[1] != pi or t[2] != w:
                    continue
                if t[0] == "run":
                    f = flight | {i} if R["register"] else flight
                    e = join(i) if R["join"] == "before" else eps
                    yield f"P{pi}: T{i} COMMIT sent", S(ts=put(ts, i, ("sent",) + t[1:]), procs=N(flight=f, eps=e)), None
                    yield f"P{pi}: T{i} rolls back", S(ts=put(ts, i, ("gone",) + t[1:])), None
                elif t[0] == "sent":
                    if R["join"] == "before" and i not in done and lose_:
                        yield f"P{pi}: T{i} COMMIT refused", S(ts=put(ts, i, ("gone",) + t[1:]), procs=N(flight=flight - {i}), bud=B(1)), None
                    if i in done or backup is None and rst < restore:
                        e, d = eps, db
                        if R["join"] == "answered" and (i not in pend or not R["memory"]):
                            e = join(i)
                        if R["delete"] == "join":
                            d = (done, frozenset(x for x in hand if x[0] != i), applied, led)
                        yield f"P{pi}: T{i} COMMIT answered, joins epoch {eps[oi][0]}.{eps[oi][1]}", S(ts=put(ts, i, ("done",) + t[1:]), procs=N(flight=flight - {i}, eps=e), db=d), None
                    if lose_:
                        st = "gone" if i in done else "doubt"
                        yield f"P{pi}: T{i} COMMIT answer lost", S(ts=put(ts, i, (st,) + t[1:]), procs=N(flight=flight - {i}), bud=B(1)), None

            # cut and journal in one step
            if eps[oi][2]:
                a, b, ids, _ = eps[oi]
                wr, recs = disks[pi]
                ds = put(disks, pi, (wr | {a}, recs + ((a, b, ids),)))
                e = put(eps, oi, (a, b, ids, "durable")) + ((a, b + 1, (), "open"),)
                yield f"P{pi} epoch {a}.{b} is durable: groups {ids}", S(procs=N(eps=e), disks=ds), None

            # take-up: one statement, then joining, both by the flush thread
            if R["takeup"] and fl is None:
                see = {(i, x) for i, x in hand}
                if R["dirty"]:
                    see |= {(i, t[2]) for i, t in enumerate(ts) if t and t[0] in ("run", "sent", "doubt")}
                free = tuple(sorted(i for i, x in see if x in mine and (not R["memory"] or i not in pend) and i not in flight))
                if taken is None and free and not (not R["memory"] and any(sum(e[2].count(i) for e in eps) > 1 for i in free)):
                    yield f"P{pi} take-up reads rows {free}", S(procs=N(taken=free)), None
            if taken is not None:
                new = tuple(i for i in taken if i not in flight and (not R["memory"] or i not in pend))
                yield f"P{pi} takes up {new}", S(procs=N(taken=None, eps=join(*new))), None

            # take-up: a row that can't be read becomes a dead letter, which is a fate like being applied
            if taken is not None and R["bury"]:
                for i in taken:
                    there = dict(hand).get(i) in mine
                    if R["bury"] == "blind" or there and i not in locked:
                        d = (done, frozenset(x for x in hand if x[0] != i), put(applied, i, applied[i] + 1), led)
                        rest = tuple(j for j in taken if j != i) or None
                        yield f"P{pi} buries row {i}", S(db=d, procs=N(taken=rest)), None

            # operator: claim of another writer's row, right or wrong
            if other and pi == 1:
                for i, x in hand:
                    if x not in mine and i not in locked:
                        yield f"operator: P1 claims row {i} of writer {x}", S(db=(done, hand - {(i, x)} | {(i, w)}, applied, led)), None

            # flush
            def forget(w_, to):
                drop = tuple(e for e in eps if e[0] == w_ and e[1] <= to and e[3] != "open")
                g = get if get is None else get[:5] + (get[5] + drop,)
                return dict(eps=tuple(e for e in eps if e not in drop), known=set_(known, w_, to), fl=None, get=g)

            if fl is None and (taken is None or not R["own_thread"]):
                cand = [e for e in eps if e[3] == "durable"]
                if cand:
                    fw = cand[0][0]
                    mine_ = [e for e in cand if e[0] == fw]
                    for to in sorted({mine_[0][1], mine_[-1][1]}):
                        frm = get_(known, fw)
                        batch = tuple(i for e in mine_ if e[1] <= to for i in e[2])
                        if any(t[0] == fw for t in txs):
                            continue  # blocked on the ledger row
                        if get_(led, fw) != frm and R["guard"]:
                            yield f"P{pi} ledger {fw} hit no row (is {get_(led, fw)}, expected {frm})", S(procs=N(fl=("resolve", fw))), None
                        elif not (R["lock"] and R["look"] and set(batch) & locked):
                            look = frozenset(i for i in batch if i in rows or (R["dirty"] and ts[i] and ts[i][0] in ("run", "sent", "doubt")))
                            lk = look if R["lock"] and R["look"] else frozenset()
                            tx = (fw, frm, to, look, batch, pi, lk)
                            yield f"P{pi} flush: ledger {fw}: {frm}->{to}, groups {batch}, rows there {sorted(look)}", S(txs=txs + (tx,), procs=N(fl=("tx", fw, to))), None
            elif fl and fl[0] == "tx":
                mytx = [t for t in txs if t[5] == pi]
                if mytx:
                    t = mytx[0]
                    rest = tuple(x for x in txs if x != t)
                    yield f"P{pi} flush: COMMIT answered", S(txs=rest, db=apply(db, t[4], t[0], t[2], t[3]), procs=N(fl=("ok", t[0], t[2], t[4]))), None
                    if flose_:
                        yield f"P{pi} flush: COMMIT answer lost", S(txs=rest + (t[:5] + ("lost", t[6]),), procs=N(fl=("resolve", fl[1])), bud=B(2)), None
                else:
                    yield f"P{pi} flush: transaction gone", S(procs=N(fl=("resolve", fl[1]))), None
            elif fl and fl[0] == "ok":
                d = db
                if R["delete"] == "after":
                    d = (done, frozenset(x for x in hand if x[0] not in fl[3]), applied, led)
                yield f"P{pi} forgets epochs of {fl[1]} up to {fl[2]}", S(procs=N(**forget(fl[1], fl[2])), db=d), None
            elif fl and fl[0] == "resolve":
                s, k = get_(led, fl[1]), get_(known, fl[1])
                if s >= k:
                    yield f"P{pi} reads ledger {fl[1]}={s}, forgets up to there", S(procs=N(**forget(fl[1], s))), None
                elif R["replay"]:
                    back = tuple((a, b, ids, "durable") for a, b, ids in disks[pi][1] if a == fl[1] and s < b <= k)
                    yield f"P{pi} ledger {fl[1]} fell back to {s}: reloads {[x[1:3] for x in back]}", S(procs=N(eps=back + eps, known=set_(known, fl[1], s), fl=None)), None

            # get
            if gets_ and get is None and done:
                lst = tuple((e[0], e[1]) for e in eps)
                # what is in the row, and what this process joined or had answered, unless another writer has claimed it
                writer = dict(hand)
                must = frozenset(
                    i
                    for i in done
                    if applied[i] or i in pend or (ts[i][0] == "done" and ts[i][1] == pi and writer.get(i, w) in mine)
                )
                yield f"P{pi} get starts", S(procs=N(get=("list", lst if R["listfirst"] else None, must, None, known, ())), bud=B(5)), None
            elif get and get[0] == "list":
                snap = (applied, led, frozenset(rows), done)
                yield f"P{pi} get reads applied {applied}, ledger {led}, rows {sorted(rows)}", S(procs=N(get=("read",) + get[1:3] + (snap,) + get[4:])), None
            elif get and get[0] == "read":
                app, l0, r0, d0 = get[3]
                if R["wake"] and any(get_(l0, a) < b for a, b in get[4]):
                    # the database fell back: what others had there is theirs to bring back
                    again = ("list", tuple((e[0], e[1]) for e in eps), frozenset(i for i in done if i in pend), None, known, ())
                    w_ = [a for a, b in get[4] if get_(l0, a) < b][0]
                    if get_(known, w_) <= get_(led, w_):
                        yield f"P{pi} get reads again", S(procs=N(get=again)), None
                    elif fl is None:
                        yield f"P{pi} get wakes the flush", S(procs=N(fl=("resolve", w_))), None
                    continue
                pool = {(e[0], e[1]): e[2] for e in get[5] + eps}
                lst = get[1] if get[1] is not None else tuple((e[0], e[1]) for e in eps)
                groups = [(x, i) for x in lst for i in pool.get(x, ())]
                res = list(app)
                if R["getrule"] == "row":
                    for i in {i for _, i in groups}:
                        if i in r0:
                            res[i] += 1
                else:
                    for (a, b), i in groups:
                        if b > get_(l0, a):
                            res[i] += 1
                bad = None
                for i in range(nt):
                    if res[i] > 1:
                        bad = f"get counts group {i} {res[i]} times"
                    elif res[i] and i not in d0 and i not in done:
                        bad = f"get counts group {i}, whose transaction is not committed"
                    elif not res[i] and i in get[2] and i in d0:
                        bad = f"get misses group {i}"
                yield f"P{pi} get gives {res}", S(procs=N(get=None)), bad

            if kill_ and pi == 0:
                nts = tuple((("gone" if t[0] == "run" or i in done else "doubt",) + t[1:]) if t and t[1] == pi and t[0] in ("run", "sent") else t for i, t in enumerate(ts))
                ntx = tuple(t[:5] + ("lost", t[6]) if t[5] == pi else t for t in txs)
                yield f"P{pi} killed", S(procs=put(procs, pi, None), ts=nts, txs=ntx, bud=B(0)), None

    return init, succ


def run(name, expect, ts=1, kill=0, lose=0, flose=0, copy=0, other=0, restore=0, gets=0, **off):
    rules = dict(RULES)
    rules.update(off)
    init, succ = make(ts, kill, lose, flose, copy, other, restore, gets, rules)
    report("M1 hand-over " + name, bfs(init, succ, limit=3000000, secs=100), expect)


if __name__ == "__main__":
    run("2 T, 1 kill, lost answer of T and of flush", False, ts=2, kill=1, lose=1, flose=1)
    run("1 T, 2 kills, lost answers", False, kill=2, lose=1, flose=2)
    run("2 T, get, lost answers", False, ts=2, lose=1, flose=1, gets=1)
    run("1 T, get, 1 kill, lost answers", False, kill=1, lose=1, flose=1, gets=1)
    run("copied journal, 1 T, 1 kill, lost answers", False, copy=1, kill=1, lose=1, flose=1)
    run("copied journal, 2 T, 1 get", False, ts=2, copy=1, gets=1)
    run("copied journal, 1 T, 2 gets, lost answer", False, copy=1, gets=2, lose=1)
    run("claim by another server, 1 T, 1 kill, lost answers, 1 get", False, other=1, kill=1, lose=1, flose=1, gets=1)
    run("claim by another server, 2 T", False, ts=2, other=1)
    run("database falls back, 1 T, 1 kill, lost answers", False, restore=1, kill=1, lose=1, flose=1)
    run("database falls back, 2 T, 1 get", False, ts=2, restore=1, gets=1)
    run("the row is looked at, but take-up does not look into memory", False, lose=1, kill=1, memory=0)
    run("get by ledger, one process", False, ts=2, lose=1, gets=1, getrule="ledger")
    run("take-up on a thread of its own, get by ledger", False, ts=2, gets=1, lose=1, getrule="ledger", own_thread=0)
    run("id not registered before COMMIT", False, kill=1, lose=1, gets=1, register=0)
    run("unreadable rows buried, 2 T, 1 kill, lost answers", False, ts=2, kill=1, lose=1, flose=1, startup=0, bury="guarded")
    run("unreadable rows buried, copied journal, 1 T, 1 kill, lost answers", False, copy=1, kill=1, lose=1, flose=1, startup=0, bury="guarded", own_thread=0)
    run("unreadable rows buried, claim by another server", False, other=1, kill=1, lose=1, flose=1, startup=0, bury="guarded")
    run("unreadable rows buried, database falls back", False, restore=1, kill=1, lose=1, flose=1, startup=0, bury="guarded")
    run("sabotage: applied without looking, copied journal", True, copy=1, look=0)
    run("sabotage: applied without looking, database falls back behind T", True, restore=1, look=0)
    run("sabotage: row looked at without a lock, copied journal", True, copy=1, lock=0)
    run("sabotage: an id twice in one flush, database falls back", True, restore=1, once=0)
    run("sabotage: row deleted after the flush", True, kill=1, delete="after")
    run("sabotage: row deleted at joining", True, kill=1, delete="join", look=0)
    run("sabotage: take-up looks neither into memory nor at the row", True, memory=0, look=0)
    run("sabotage: joined before COMMIT, applied without looking", True, join="before", look=0)
    run("sabotage: joined before COMMIT", True, join="before", gets=1)
    run("sabotage: joined before COMMIT, the flush deletes rows that it did not see", True, join="before", seen=0)
    run("sabotage: uncommitted rows taken up and looked at", True, dirty=1)
    run("sabotage: no take-up", True, lose=1, takeup=0)
    run("sabotage: writer in the journal only with its first epoch", True, kill=1, writers=0)
    run("sabotage: no take-up at start before get", True, kill=1, gets=1, startup=0)
    run("sabotage: get by ledger, copied journal", True, copy=1, gets=1, getrule="ledger")
    run("sabotage: get by ledger, row claimed by another server", True, other=1, gets=1, getrule="ledger")
    run("sabotage: get by ledger, id not registered before COMMIT", True, gets=1, getrule="ledger", register=0)
    run("sabotage: get reads the database first, then its list", True, gets=1, listfirst=0)
    run("sabotage: get ignores a ledger that fell back", True, gets=1, restore=1, wake=0)
    run("sabotage: unreadable rows buried without looking whether they are there, copied journal", True, copy=1, startup=0, bury="blind")
    finish()
