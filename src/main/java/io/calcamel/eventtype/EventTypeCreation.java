package io.calcamel.eventtype;

import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomEventType;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.NewEventType;
import io.calcamel.eventtype.SyncRequest.Cause;
import io.calcamel.eventtype.SyncRequest.Scope;
import io.calcamel.http.Problem;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;

/** The steps of creating an event type, in the order in which the routes take them: bean {@code eventTypeCreation}. */
public final class EventTypeCreation {

    private static final String NEW = "newEventType";
    private static final String REFUSAL = "refusal";
    private static final String RUN = "syncRun";

    /** After these nothing can have been created. */
    private static final Set<CalcomError> NOTHING_DONE = EnumSet.of(CalcomError.UNSUPPORTED, CalcomError.UNAUTHORIZED, CalcomError.FORBIDDEN,
            CalcomError.RATE_LIMITED);

    private final EventTypeStore store;
    private final SyncRuns runs;
    private final EventTypes eventTypes;

    EventTypeCreation(EventTypeStore store, SyncRuns runs, EventTypes eventTypes) {
        this.store = store;
        this.runs = runs;
        this.eventTypes = eventTypes;
    }

    /** Reads what is to be created. */
    public void read(Exchange exchange) {
        NewEventType wanted = EventTypeForm.read(exchange.getMessage().getBody(byte[].class));
        exchange.setVariable(NEW, wanted);
        exchange.getMessage().setBody(wanted);
    }

    /** Cal.com refused, or did not answer. */
    public void refused(Exchange exchange, @ExchangeException CalcomException refusal) {
        exchange.setVariable(REFUSAL, refusal);
        exchange.setVariable("mayBeThere", !NOTHING_DONE.contains(refusal.error()));
        exchange.getMessage().setBody(null);
    }

    /** Looks whether Cal.com has the event type all the same. */
    public void lookFor(Exchange exchange, @Body List<CalcomEventType> listed, @Variable(NEW) NewEventType wanted,
            @Variable(REFUSAL) CalcomException refusal, @Variable("companyId") int company) {
        Optional<CalcomEventType> there = listed.stream().filter(type -> type.slug().equals(wanted.slug())).findFirst();
        exchange.setVariable(REFUSAL, there.map(type -> new NotCreated(refusal, type.id(), refusal.error() == CalcomError.ALREADY_EXISTS || store.find(company, type.id()).isPresent()
                ? "An event type with this slug was in Cal.com before, with id " + type.id() + ": sync it, or use another slug."
                : "Cal.com's list has an event type with this slug all the same, with id " + type.id()
                        + ": sync it, or delete it in Cal.com before the next try."))
                .orElseGet(() -> new NotCreated(refusal, null, "Cal.com's list has no event type with this slug: nothing was created.")));
    }

    /** Nobody knows. */
    public void notLooked(Exchange exchange, @Variable(REFUSAL) CalcomException refusal) {
        exchange.setVariable(REFUSAL, new NotCreated(refusal, null,
                "Whether Cal.com has created it all the same could not be found out: look there before the next try."));
    }

    /** Hands the refusal to the processor that answers it. */
    public void refuse(Exchange exchange, @Variable(REFUSAL) Problem refusal) {
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, refusal);
    }

    /** It is created: begins a run that stores it as Cal.com has it. */
    public void begin(Exchange exchange, @Body CalcomEventType created, @Variable("companyId") int company) {
        SyncRun run = runs.beginCreated(new SyncRequest(company, Cause.CREATED, Scope.IDS, List.of(created.id()), false, false));
        run.asking(Question.eventType(created.id()));
        run.received(created);
        exchange.setVariable(RUN, run);
        exchange.setVariable("eventTypeId", created.id());
    }

    /** It is stored. */
    public void end(Exchange exchange, @Variable(RUN) SyncRun run, @Variable("eventTypeId") long id, @Variable("companyId") int company) {
        runs.end(run);
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
        exchange.getMessage().setBody(eventTypes.json(company, store.find(company, id).orElseThrow()));
    }

    /** Cal.com's refusal, with what is there all the same. */
    private static final class NotCreated extends Problem {

        private final Long found;

        NotCreated(CalcomException refusal, Long found, String whatIsThere) {
            super(refusal.status(), refusal.code(), String.valueOf(refusal.toJson().get("title")),
                    refusal.toJson().containsKey("detail") ? refusal.getMessage() + " " + whatIsThere : whatIsThere,
                    (String) refusal.toJson().get("hint"));
            this.found = found;
        }

        @Override
        public Map<String, Object> toJson() {
            Map<String, Object> json = super.toJson();
            json.put("existingId", found);
            return json;
        }
    }
}
