package io.calcamel.privacy;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How far an erasure is: variable {@code erasure} of route {@code erasure-create}. Each module that has data of people erases its own,
 * and says here what the others have to know.
 */
public final class Erasure {

    /** The variable. */
    public static final String VARIABLE = "erasure";

    private final int company;
    private final String kind;
    private final String wanted;
    private final Erased person;
    private final boolean isDryRun;
    private final String askedBy;
    private final SortedMap<String, Erased> bookings = new TreeMap<>();
    private final SortedSet<Long> appointments = new TreeSet<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private Long id;

    Erasure(int company, String kind, String wanted, Erased person, boolean isDryRun, String askedBy) {
        this.company = company;
        this.kind = kind;
        this.wanted = wanted;
        this.person = person;
        this.isDryRun = isDryRun;
        this.askedBy = askedBy;
    }

    /** Whose data it is about: the company's. */
    public int company() {
        return company;
    }

    /** Whether nothing is to be changed. */
    public boolean isDryRun() {
        return isDryRun;
    }

    /** Whether it is a number that the person is named by, not an address. */
    public boolean isPhone() {
        return kind.equals(Erasures.PHONE);
    }

    /** What to look for in a text that is all in small letters, or all in digits for a number: never to be stored or logged. */
    public String wanted() {
        return wanted;
    }

    /** The person, by what they were named by. */
    public Erased person() {
        return person;
    }

    /** The bookings with data of the person, and what the person is known by there. */
    public SortedMap<String, Erased> bookings() {
        return bookings;
    }

    /** A booking has data of the person. */
    public void has(String uid, Erased knownAs) {
        bookings.merge(uid, knownAs, (one, other) -> one.and(other.marks()));
    }

    /** The appointments that were touched. */
    public Set<Long> appointments() {
        return appointments;
    }

    /** Appointments were touched. */
    public void touched(Collection<Long> ids) {
        appointments.addAll(ids);
    }

    /** So many of something were erased, or would be. */
    public void count(String what, int many) {
        counts.merge(what, many, Integer::sum);
    }

    Map<String, Integer> counts() {
        return counts;
    }

    String kind() {
        return kind;
    }

    String askedBy() {
        return askedBy;
    }

    Long id() {
        return id;
    }

    void id(long stored) {
        id = stored;
    }

    /** Without the person. */
    @Override
    public String toString() {
        return "erasure " + id + " of company " + company;
    }
}
