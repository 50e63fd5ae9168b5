package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookingFacts.Left;
import io.calcamel.appointment.BookingFacts.Seat;
import io.calcamel.privacy.Erased;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What stays known of a booking, or of an appointment, when people who take part in it were erased: when it is, where, whose, and
 * what became of it. Of others who take part nothing is lost; but what was said when it was booked (title, answers, reasons, what
 * was attached) can be of the erased one, and goes too where that one booked it or may have.
 */
final class Forgetting {

    /** What can be of who booked, whatever is in it. */
    private static final Set<String> OF_BOOKER = Set.of("title", "attendeePhone", "cancellationReason", "rejectionReason", "recordingUrl", "transcriptUrl");
    private static final Set<String> OF_DOCUMENT = Set.of("title", "cancellationReason", "recordingUrl", "transcriptUrl");
    private static final String ATTENDEES = "attendees";
    private static final String LOCATION = "location";

    private final Erased erased;

    /** @param erased who */
    Forgetting(Erased erased) {
        this.erased = erased;
    }

    /** Whether facts have something of them. */
    static boolean isIn(Erased erased, BookingFacts facts) {
        return erased.isIn(facts.tree());
    }

    /** All that those of them who take part are known by there. */
    static Set<String> marks(Erased erased, BookingFacts facts) {
        Set<String> marks = new TreeSet<>(erased.marks());
        people(facts).filter(erased::isPerson).forEach(person -> marks.addAll(erased.marksOf(person)));
        return marks;
    }

    private static Stream<JsonNode> people(BookingFacts facts) {
        Register attendees = facts.fields.get(ATTENDEES);
        return Stream.of(
                attendees == null ? Stream.<JsonNode>empty() : StreamSupport.stream(attendees.value().spliterator(), false),
                facts.seats.values().stream().map(seat -> seat.person().value()),
                facts.left.values().stream().map(left -> left.person().value())).flatMap(people -> people);
    }

    /** @return new facts; the given ones are not changed */
    BookingFacts without(BookingFacts facts) {
        BookingFacts kept = new BookingFacts().mergedWith(facts);
        boolean isBookers = isBookers(facts);
        keep(kept.fields, false);
        keep(kept.metadata, false);
        keep(kept.responses, isBookers);
        if (isBookers) {
            kept.fields.keySet().removeAll(OF_BOOKER);
            kept.fields.computeIfPresent(LOCATION, (field, said) -> Erased.isHarmlessLocation(said.value().asText()) ? said : null);
            kept.metadata.keySet().removeIf(key -> !Erased.isHarmlessMetadata(key));
        }
        Register attendees = facts.fields.get(ATTENDEES);
        if (attendees != null) {
            kept.fields.put(ATTENDEES, new Register(people(attendees.value()), attendees.version()));
        }
        kept.noShow = new TreeMap<>();
        facts.noShow.forEach((email, said) -> kept.noShow.merge(key(email), said, Register::or));
        kept.seats = new TreeMap<>();
        facts.seats.forEach((key, seat) -> kept.seats.merge(BookingFacts.isSeatUid(key) ? key : Left.byEmail(key(key.substring(Left.byEmail("").length()))),
                new Seat(person(seat.person()), seat.since()), Seat::or));
        kept.left = new TreeMap<>();
        facts.left.forEach((key, left) -> kept.left.merge(key.startsWith(Left.byEmail("")) ? Left.byEmail(key(key.substring(Left.byEmail("").length()))) : key,
                new Left(person(left.person()), left.at(), left.how()), Left::or));
        return kept;
    }

    /** Of a booking with seats it is not known who said what; of one whose people are not known yet neither. */
    private boolean isBookers(BookingFacts facts) {
        Register attendees = facts.fields.get(ATTENDEES);
        if (facts.isSeated()) {
            return people(facts).anyMatch(erased::isPerson);
        }
        return attendees == null || attendees.value().isEmpty() || erased.isPerson(attendees.value().get(0));
    }

    private void keep(SortedMap<String, Register> said, boolean none) {
        said.entrySet().removeIf(entry -> none || erased.isIn(entry.getKey()) || !entry.getKey().equals(ATTENDEES) && erased.isIn(entry.getValue().value()));
    }

    private ArrayNode people(JsonNode people) {
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        people.forEach(person -> kept.add(erased.isPerson(person) ? erased.nobody(person) : person));
        return kept;
    }

    private Register person(Register person) {
        return erased.isPerson(person.value()) ? new Register(erased.nobody(person.value()), person.version()) : person;
    }

    private String key(String emailOrPhone) {
        String mark = erased.mark(emailOrPhone);
        return mark != null && erased.marks().contains(mark) ? Chain.erasedKey(mark) : emailOrPhone;
    }

    /** An appointment that was wanted and never booked, as the API shows it. */
    ObjectNode without(ObjectNode document) {
        ObjectNode kept = document.deepCopy();
        kept.set("attendee", appointmentsAttendee(document.path("attendee")));
        ArrayNode all = kept.putArray(ATTENDEES);
        document.path(ATTENDEES).forEach(person -> all.add(appointmentsAttendee(person)));
        OF_DOCUMENT.forEach(kept::putNull);
        kept.putObject("responses");
        ObjectNode metadata = kept.putObject("metadata");
        for (Map.Entry<String, JsonNode> entry : document.path("metadata").properties()) {
            if (Erased.isHarmlessMetadata(entry.getKey())) {
                metadata.set(entry.getKey(), entry.getValue());
            }
        }
        return kept;
    }

    private JsonNode appointmentsAttendee(JsonNode person) {
        if (!person.isObject() || !erased.isPerson(person)) {
            return person;
        }
        ObjectNode kept = person.deepCopy();
        erased.nobody(person).properties().stream().filter(field -> !field.getKey().equals(Erased.MARK)).forEach(field -> kept.set(field.getKey(), field.getValue()));
        return kept;
    }
}
