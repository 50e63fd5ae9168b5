package io.calcamel.calcom;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The webhook subscriptions that were read so far. Cal.com does not tell whether there are more: a page that is not full
 * is the last.
 *
 * @param items   what was read
 * @param pages   how many pages it came in
 * @param hasNext whether there can be more
 */
record SubscriptionPages(List<Subscription> items, int pages, boolean hasNext) {

    /** The most that Cal.com gives at once. */
    static final int TAKE = 250;
    static final SubscriptionPages NONE = new SubscriptionPages(List.of(), 0, true);
    /** A server that never comes to an end must not be asked for ever. */
    private static final int MOST = 20;

    int skip() {
        return pages * TAKE;
    }

    /** The list has no stable order, so one that was read can come again. */
    SubscriptionPages with(List<Subscription> page) {
        List<Subscription> all = new ArrayList<>(items);
        var known = items.stream().map(Subscription::id).collect(Collectors.toSet());
        page.stream().filter(subscription -> known.add(subscription.id())).forEach(all::add);
        return new SubscriptionPages(List.copyOf(all), pages + 1, page.size() >= TAKE && pages + 1 < MOST);
    }
}
