package io.calcamel.booking;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookedAppointments;
import io.calcamel.attention.Matter;
import io.calcamel.availability.Availability;
import io.calcamel.booking.Begun.Outcome;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.database.Database;
import io.calcamel.eventtype.EventTypes;
import io.calcamel.http.Json;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Parameters;
import io.calcamel.http.Patience;
import io.calcamel.http.Problem;
import io.calcamel.http.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** The face of this module, and the bean {@code bookings} of the routes that callers ask: each begins an intent and answers it. */
public final class Bookings {

    private static final String BEGUN = "begun";
    private static final String UNTIL = "until";
    private static final String REPLY = "reply";
    /** What answering takes after the wait: it must be over when the deadline is. */
    private static final Duration MARGIN = Duration.ofMillis(150);

    private final BookingIntents intents;
    private final BookingWork work;
    private final BookedAppointments appointments;
    private final EventTypes eventTypes;
    private final WantedAppointments wanted;
    private final BookingChanges changes;
    private final BookingSettings settings;
    private final Semaphore unhurried;

    private Bookings(BookingIntents intents, BookingWork work, BookedAppointments appointments, EventTypes eventTypes, WantedAppointments wanted,
            BookingSettings settings) {
        this.intents = intents;
        this.work = work;
        this.appointments = appointments;
        this.eventTypes = eventTypes;
        this.wanted = wanted;
        this.changes = new BookingChanges(appointments);
        this.settings = settings;
        this.unhurried = new Semaphore(settings.manyWaiting());
    }

    /**
     * Binds the beans of the routes in {@code routes/booking}.
     *
     * @param context      the Camel context
     * @param database     where the intents are
     * @param appointments our record of what is booked
     * @param eventTypes   what is bookable
     * @param availability told what is being booked
     * @param settings     the settings
     * @param attention    told of what is left to a person
     * @return the module, which rests before the routes are taken down
     */
    public static Bookings start(CamelContext context, Database database, BookedAppointments appointments, EventTypes eventTypes,
            Availability availability, BookingSettings settings, Consumer<Matter> attention) {
        BookingIntents intents = new BookingIntents(database.client(), settings.lease());
        BookingWork work = new BookingWork(intents, settings, context.createProducerTemplate(), attention);
        WantedAppointments wanted = new WantedAppointments(database, intents, appointments, eventTypes, settings, attention);
        Bookings bookings = new Bookings(intents, work, appointments, eventTypes, wanted, settings);
        context.getRegistry().bind("bookings", bookings);
        context.getRegistry().bind("bookingWork", work);
        context.getRegistry().bind("intentErasure", new IntentErasure(intents));
        context.getRegistry().bind("bookingSteps", new BookingSteps(database, intents, appointments, wanted, availability, settings));
        context.getRegistry().bind("choiceSteps", new ChoiceSteps(intents, wanted));
        context.getRegistry().bind("seriesSteps", new SeriesSteps(database, intents, appointments, wanted, availability, settings, attention));
        context.getRegistry().bind("changeSteps", new ChangeSteps(database, intents, appointments, settings));
        return bookings;
    }

    /** The hub stops: what is at hand is finished where that is soon. */
    public void rest() throws InterruptedException {
        work.rest();
    }

    /**
     * {@code POST /api/bookings}: checks what is wanted, and begins its intent.
     *
     * @throws Problem 400, 404 or 422, with what is wrong; 422 {@code idempotency_mismatch}
     */
    public void create(Exchange call, @Variable("companyId") int company) {
        waitFrom(call);
        ObjectNode body = (ObjectNode) JsonBody.read(call.getMessage().getBody(byte[].class));
        Intent.Kind kind = body.hasNonNull("recurrence") ? Intent.Kind.SERIES : Intent.Kind.BOOK;
        Optional<IntentKey> given = givenKey(call);
        Optional<Begun> known = given.flatMap(key -> intents.known(company, key, kind, body));
        if (known.isPresent()) {
            go(call, known.get());
            return;
        }
        Optional<AnyRequest> any = AnyRequest.read(company, body, eventTypes, settings.attendees().apply(company));
        BookingRequest request = any.map(AnyRequest::first).orElseGet(() -> BookingRequest.read(company, body, null, eventTypes, settings.attendees().apply(company)));
        Caller caller = request.checked().caller();
        IntentKey key = given.or(() -> any.map(AnyRequest::key)).orElseGet(() -> IntentKey.derived(company, request.type().id(), request.start(),
                caller.email(), caller.phoneNumber(), String.valueOf(request.recurrence())));
        List<Long> eventTypeIds = any.map(AnyRequest::eventTypeIds).orElse(List.of());
        Begun begun = intents.begin(company, key, kind, body, eventTypeIds);
        if (begun.outcome() == Outcome.ANSWERED && key.isDerived() && !stands(begun.intent(), request)) {
            intents.letGo(begun.intent().appointmentId());
            begun = intents.begin(company, key, kind, body, eventTypeIds);
        }
        go(call, begun);
    }

    /** Whether what was booked is still as it was booked: whoever asks for it again after a cancellation wants a new one. */
    private boolean stands(Intent booked, BookingRequest request) {
        return booked.appointmentId() == null || appointments.find(booked.company(), String.valueOf(booked.appointmentId()))
                .filter(appointment -> !Ended.is(appointment) && Instant.parse(appointment.path("start").asText()).equals(request.start())
                        && BookedAppointments.comes(appointment, request.checked().caller().email(), request.checked().caller().phoneNumber())).isPresent();
    }

    /** {@code POST /api/bookings/{id}/reschedule}. */
    public void reschedule(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        change(call, company, parameters, Intent.Kind.RESCHEDULE);
    }

    /** {@code POST /api/bookings/{id}/cancel}. */
    public void cancel(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        change(call, company, parameters, Intent.Kind.CANCEL);
    }

    /** {@code POST /api/bookings/{id}/confirm}. */
    public void confirm(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        change(call, company, parameters, Intent.Kind.CONFIRM);
    }

    /** {@code POST /api/bookings/{id}/decline}. */
    public void decline(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        change(call, company, parameters, Intent.Kind.DECLINE);
    }

    private void change(Exchange call, int company, Map<String, String> parameters, Intent.Kind kind) {
        waitFrom(call);
        ObjectNode request = BookingChanges.read(call, kind, new Parameters(parameters).text("id").orElse(""));
        Optional<IntentKey> given = givenKey(call);
        Optional<Begun> known = given.flatMap(key -> intents.known(company, key, kind, request));
        if (known.isPresent()) {
            go(call, known.get());
            return;
        }
        if (kind == Intent.Kind.CANCEL) {
            wanted.withdraw(company, request.path("id").asText(),
                    request.path("cancellationReason").asText(request.path("reason").asText("Cancelled before it was booked.")));
        }
        BookingChanges.Change change = changes.find(company, kind, request);
        if (change.isSo()) {
            call.setVariable(REPLY, new Reply(200, change.appointment()));
            return;
        }
        ObjectNode target = BookingChanges.target(kind, change.appointment());
        ObjectNode unnamed = request.deepCopy();
        unnamed.remove("id");
        IntentKey key = given.orElseGet(() -> IntentKey.derived(company, kind, target.path("uid").asText(), Json.write(unnamed)));
        Begun begun = intents.begin(company, key, kind, request);
        if (begun.outcome() == Outcome.ANSWERED && key.isDerived() && changes.isUndone(company, kind, request)) {
            intents.letGoOf(begun.intent());
            begun = intents.begin(company, key, kind, request);
        }
        if (begun.outcome() == Outcome.NEW) {
            intents.target(begun.intent(), target, change.appointment().path("id").longValue());
            begun = new Begun(Outcome.NEW, intents.find(begun.intent().id()));
        }
        go(call, begun);
    }

    /**
     * {@code POST /api/appointments/{id}/resolve}: somebody has booked by hand what waits.
     *
     * @return the uid of the booking, which Cal.com is asked for
     * @throws Problem 400, 404 {@code appointment_not_found}, 409 {@code not_waiting}
     */
    public String resolve(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        ObjectNode body = (ObjectNode) JsonBody.read(call.getMessage().getBody(byte[].class));
        JsonBody.refuseUnknown(body, List.of("calcomBookingUid"));
        String uid = body.path("calcomBookingUid").asText("");
        if (!uid.matches("[\\x21-\\x7e]{1,200}")) {
            throw Problem.badParameter("calcomBookingUid", "is missing or no uid.", "Send the booking's uid, as its page in Cal.com has it in its address.");
        }
        waitFrom(call);
        call.setVariable("waiting", wanted.waiting(company, new Parameters(parameters).text("id").orElse(""), uid));
        return uid;
    }

    /**
     * Waits for the booking to be joined, as long as the caller does.
     *
     * @throws Problem 503 {@code unavailable}, or what Cal.com refused
     */
    public void await(Exchange call, @Body String uid, @Variable("companyId") int company, @Variable("waiting") Long waiting, @Variable(UNTIL) Instant until)
            throws InterruptedException {
        CompletableFuture<Problem> joined = work.run("direct:appointment-join", exchange -> {
            exchange.setVariable("companyId", company);
            exchange.setVariable("waiting", waiting);
            exchange.setVariable("deadline", until);
            exchange.getMessage().setBody(uid);
        });
        if (!await(joined, until)) {
            throw new Problem(503, "unavailable", "Cal.com can't be reached, or fails", "It did not answer within the time that you gave.", "Ask again.");
        }
        reply(call, new Reply(200, appointments.find(company, String.valueOf(waiting)).orElseThrow()));
    }

    /** It is joined with its booking. */
    public void resolved(Exchange call, @Body List<CalcomBooking> bookings, @Variable("companyId") int company, @Variable("waiting") Long waiting) {
        BookedAppointments.Recorded recorded = wanted.resolve(company, waiting, bookings.get(0));
        call.setVariable("appointmentId", recorded.id());
        call.setVariable("appointmentChanged", true);
        call.setVariable("touched", recorded.touched());
        call.setVariable("trigger", "resolve");
        call.setVariable("deliveryId", waiting);
    }

    private static Optional<IntentKey> givenKey(Exchange call) {
        return Optional.ofNullable(Request.of(call).header("Idempotency-Key")).map(IntentKey::given);
    }

    private void waitFrom(Exchange call) {
        Duration patience = Patience.of(call, settings.patience());
        Duration margin = patience.dividedBy(3).compareTo(MARGIN) < 0 ? patience.dividedBy(3) : MARGIN;
        call.setVariable(UNTIL, Instant.now().plus(patience).minus(margin));
    }

    private static void go(Exchange call, Begun begun) {
        if (begun.outcome() == Outcome.MISMATCH) {
            throw new Problem(422, "idempotency_mismatch", "The Idempotency-Key was used for another request", null,
                    "Send a new key for a new request; the same key only with the very same body.");
        }
        call.setVariable(BEGUN, begun);
    }

    /**
     * Answers what was begun: waits until it is carried out, or the caller's patience is at an end.
     *
     * @throws Problem              where nothing came of it, for reasons that pass
     * @throws InterruptedException if the hub stops
     */
    public void answer(Exchange call, @Variable(BEGUN) Begun begun, @Variable(UNTIL) Instant until, @Variable(REPLY) Reply known) throws InterruptedException {
        if (known != null) {
            reply(call, known);
            return;
        }
        Intent intent = begun.outcome() == Outcome.ANSWERED ? begun.intent() : outcome(begun, until);
        if (intent.reply() == null) {
            Duration patience = Duration.between(Instant.now(), until).plus(MARGIN.dividedBy(2));
            intent = intent.kind().isChange() ? wanted.accept(intent, patience) : wanted.ensure(intent, patience);
        }
        Reply reply = intent.reply() != null ? intent.reply() : wanted.accepted(intent);
        reply(call, reply);
        intentHeaders(call.getMessage(), intent, begun.outcome() == Outcome.ANSWERED);
    }

    private Intent outcome(Begun begun, Instant until) throws InterruptedException {
        boolean mayTakeItsTime = unhurried.tryAcquire();
        try {
            Instant hurried = Instant.now().plus(settings.patienceWhenBusy());
            Instant end = mayTakeItsTime || until.isBefore(hurried) ? until : hurried;
            if (begun.outcome() == Outcome.IN_PROGRESS) {
                return intents.await(begun.intent(), end);
            }
            await(work.start(begun.intent()), end);
            return intents.find(begun.intent().id());
        } finally {
            if (mayTakeItsTime) {
                unhurried.release();
            }
        }
    }

    /** Whether it came to an end in time. */
    private static boolean await(CompletableFuture<Problem> carriedOut, Instant until) throws InterruptedException {
        try {
            Problem problem = carriedOut.get(Math.max(0, Duration.between(Instant.now(), until).toMillis()), TimeUnit.MILLISECONDS);
            if (problem != null) {
                throw problem;
            }
            return true;
        } catch (TimeoutException e) {
            // It goes on, and the caller is told that it does.
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void reply(Exchange call, Reply reply) {
        Message message = call.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, reply.status());
        message.setHeader(Exchange.CONTENT_TYPE, reply.status() >= 400 ? Problem.CONTENT_TYPE : "application/json");
        message.setBody(Json.write(reply.body()).getBytes(StandardCharsets.UTF_8));
    }

    private static void intentHeaders(Message message, Intent intent, boolean isReplayed) {
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (intent.appointmentId() != null && (status == 201 || status == 202)) {
            message.setHeader("Location", "/api/appointments/" + intent.appointmentId());
        }
        if (isReplayed) {
            message.setHeader("Idempotency-Replayed", "true");
        }
    }
}
