package io.calcamel.privacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * People whose data was erased somewhere, known by pseudonyms of their addresses and numbers only; finds them again in texts and
 * in JSON. Addresses are compared without regard to case, numbers by their digits, and {@code <digits>@sms.cal.com}, which Cal.com
 * makes up for who has no address, is a number too. Immutable.
 */
public final class Erased {

    /** Field of a person in JSON who was erased, with the pseudonym in place of all that was known of them. */
    public static final String MARK = "erased";

    private static final Pattern EMAIL = Pattern.compile("[^\\s<>\"'(),;:\\\\/?&=]+@[^\\s<>\"'(),;:\\\\/?&=]+");
    private static final Pattern SMS_ADDRESS = Pattern.compile("\\+?(\\d+)@sms\\.cal\\.com");
    private static final Pattern PHONE = Pattern.compile("\\+?\\d[\\d ()/.\\u00a0-]{4,}\\d");
    /** What this hub attached to a booking, and where the meeting is. */
    private static final Pattern HARMLESS_METADATA = Pattern.compile("calcamel_.*|videoCallUrl");
    private static final List<String> WHO = List.of("name", "email", "phoneNumber", "timeZone", "language");

    private final Pseudonyms pseudonyms;
    private final SortedSet<String> marks;

    private Erased(Pseudonyms pseudonyms, Collection<String> marks) {
        this.pseudonyms = pseudonyms;
        this.marks = new TreeSet<>(marks);
    }

    /**
     * @param pseudonyms makes them
     * @param marks      pseudonyms as they were stored
     */
    public static Erased of(Pseudonyms pseudonyms, Collection<String> marks) {
        return new Erased(pseudonyms, marks);
    }

    /** These, and who else has one of these marks. */
    public Erased and(Collection<String> more) {
        SortedSet<String> all = new TreeSet<>(marks);
        all.addAll(more);
        return new Erased(pseudonyms, all);
    }

    /** The pseudonyms, to be stored; sorted. */
    public Set<String> marks() {
        return marks;
    }

    /** Whether nobody was erased. */
    public boolean isNobody() {
        return marks.isEmpty();
    }

    /**
     * @param emailOrPhone an address or a number, may be null
     * @return its pseudonym; null for nothing
     */
    public String mark(String emailOrPhone) {
        return emailOrPhone == null || emailOrPhone.isBlank() ? null : pseudonyms.of(key(emailOrPhone));
    }

    private static String key(String emailOrPhone) {
        String text = emailOrPhone.strip().toLowerCase(Locale.ROOT);
        Matcher sms = SMS_ADDRESS.matcher(text);
        return sms.matches() ? phoneKey(sms.group(1)) : text.indexOf('@') >= 0 ? text : phoneKey(text);
    }

    /** A number as it is compared: its digits, without the 00 that some dial for the plus. */
    static String phoneKey(String phone) {
        return "tel:" + phone.replaceAll("\\D", "").replaceFirst("^00", "");
    }

    /** Whether a text has the address or the number of one of them in it. */
    public boolean isIn(String text) {
        String plain = text.replace("%40", "@");
        return Stream.concat(EMAIL.matcher(plain).results().map(found -> found.group().replaceFirst("\\.+$", "")), PHONE.matcher(plain).results().map(found -> found.group()))
                .anyMatch(found -> marks.contains(mark(found)));
    }

    /** Whether a tree has one of them in it, in whatever place. */
    public boolean isIn(JsonNode tree) {
        if (tree.isObject()) {
            return isPerson(tree) || tree.properties().stream().anyMatch(field -> isIn(field.getKey()) || isIn(field.getValue()));
        }
        if (tree.isArray()) {
            for (JsonNode item : tree) {
                if (isIn(item)) {
                    return true;
                }
            }
            return false;
        }
        return tree.isValueNode() && !tree.isNull() && isIn(tree.asText());
    }

    /** Whether an object is one of them: with an address or a number of theirs, or erased before. */
    public boolean isPerson(JsonNode person) {
        String known = person.path(MARK).textValue();
        return known != null ? marks.contains(known) : marksOf(person).stream().anyMatch(marks::contains);
    }

    /** All that somebody is known by. */
    public List<String> marksOf(JsonNode person) {
        return Stream.of("email", "phoneNumber").map(field -> mark(person.path(field).textValue())).filter(mark -> mark != null).toList();
    }

    /** Somebody of whom nothing is known any more but that it was the same person. */
    public ObjectNode nobody(JsonNode person) {
        ObjectNode nobody = JsonNodeFactory.instance.objectNode();
        WHO.forEach(nobody::putNull);
        String known = person.path(MARK).textValue();
        List<String> all = marksOf(person);
        if (known != null || !all.isEmpty()) {
            nobody.put(MARK, known != null ? known : all.get(0));
        }
        return nobody;
    }

    /** A tree without the texts that they are in; what is else in it stays. */
    public JsonNode without(JsonNode tree) {
        if (tree.isObject()) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            tree.properties().stream().filter(field -> !isIn(field.getKey())).forEach(field -> copy.set(field.getKey(), without(field.getValue())));
            return copy;
        }
        if (tree.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            tree.forEach(item -> {
                if (item.isContainerNode() || !isIn(item)) {
                    copy.add(without(item));
                }
            });
            return copy;
        }
        return isIn(tree) ? NullNode.getInstance() : tree;
    }

    /** Whether a key of a booking's metadata says where it is or whose it is here, and nothing of a person. */
    public static boolean isHarmlessMetadata(String key) {
        return HARMLESS_METADATA.matcher(key).matches();
    }

    /** Whether a location is an app or a page, not somebody's address or number. */
    public static boolean isHarmlessLocation(String location) {
        return location.startsWith("integrations:") || location.startsWith("https://") || location.startsWith("http://");
    }

    /** Without anything that tells who. */
    @Override
    public String toString() {
        return marks.size() + " erased";
    }
}
