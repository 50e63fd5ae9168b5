package io.calcamel;

import io.calcamel.availability.KnownEventTypes;
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
}
