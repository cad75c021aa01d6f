package dev.weir.schema.plan;

import dev.weir.schema.diff.Change;

/**
 * A change that has its place in a plan.
 *
 * @param around whether it only makes way for another, and is made again or taken back by this plan: nothing is lost by it
 */
record Move(Phase phase, Change change, boolean around) {
    static Move expand(Change change) {
        return new Move(Phase.EXPAND, change, false);
    }

    static Move contract(Change change) {
        return new Move(Phase.CONTRACT, change, false);
    }

    Move makingWay() {
        return new Move(phase, change, true);
    }
}
