package io.calcamel.sandbox;

import java.util.List;

/** Lists of event types that are shorter than they should be, if a fault says so. */
final class Shrink {

    private Shrink() {
    }

    static <T> List<T> list(Faults faults, Call call, List<T> all) {
        if (faults.hits(Faults.Fault.EMPTY_EVENT_TYPES, call.method(), call.path())) {
            return List.of();
        }
        return faults.hits(Faults.Fault.HALF_EVENT_TYPES, call.method(), call.path()) ? all.subList(0, all.size() / 2) : all;
    }
}
