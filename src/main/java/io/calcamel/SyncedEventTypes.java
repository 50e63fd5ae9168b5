package io.calcamel;

import io.calcamel.availability.KnownEventTypes;
import io.calcamel.eventtype.BranchEventTypes;
import io.calcamel.eventtype.EventType;
import io.calcamel.eventtype.EventTypes;
import java.util.Optional;

/** The event types that were synced, as availability wants to know them. */
final class SyncedEventTypes implements KnownEventTypes {

    private final EventTypes eventTypes;

    SyncedEventTypes(EventTypes eventTypes) {
        this.eventTypes = eventTypes;
    }

    @Override
    public Optional<Known> find(int company, long id) {
        return eventTypes.find(company, id).map(type -> new Known(type.title(), type.length(), type.teamId(),
                type.whyNotBookable().map(EventType.NotBookable::text).orElse(null), type.document()));
    }

    @Override
    public boolean isSynced(int company) {
        return eventTypes.isSynced(company);
    }

    @Override
    public Offered offered(int company, String branch, String name) {
        BranchEventTypes.Offer offer = eventTypes.branches().offered(company, branch, name);
        return new Offered(offer.slug(), offer.eventTypes());
    }

    @Override
    public void requireOffered(int company, String branch, long id) {
        eventTypes.branches().requireOffered(company, branch, id);
    }
}
