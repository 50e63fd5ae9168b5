package io.calcamel.appointment;

import io.calcamel.calcom.BookingsPage;
import io.calcamel.calcom.BookingsQuery;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.database.Database;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/**
 * Takes over what was booked in Cal.com before this hub was told of anything: the bean {@code takeOver} of route
 * {@code bookings-take-over}. What is known already is left as it is: that is kept true by deliveries, and by reconciling.
 */
public final class TakeOver {

    private static final String PROGRESS = "takeOver";
    private static final int PAGE = 100;
    private static final int MOST_PAGES = 100;
    private static final String UPCOMING = "upcoming,unconfirmed";
    private static final Set<String> OVER = Set.of("cancelled", "rejected");

    private final Database database;
    private final BookedAppointments booked;
    private final AppointmentStore store;

    TakeOver(Database database, AppointmentStore store) {
        this.database = database;
        this.booked = new BookedAppointments(store);
        this.store = store;
    }

    /** How far it is. */
    static final class Progress {

        private final Instant from = Instant.now();
        private boolean hasNext = true;
        private int pages;
        private int seen;
        private int created;
    }

    /** Begins. */
    public void begin(Exchange exchange) {
        exchange.setVariable(PROGRESS, new Progress());
    }

    /** Whether there is another page. */
    public boolean hasNext(@Variable(PROGRESS) Progress progress) {
        return progress.hasNext && progress.pages < MOST_PAGES;
    }

    /**
     * What Cal.com is asked next.
     *
     * @param progress how far it is
     * @param version  the API's; v1 knows no status, and is asked by time
     */
    public BookingsQuery next(@Variable(PROGRESS) Progress progress, @Variable("apiVersion") String version) {
        int skip = progress.pages * PAGE;
        return "v1".equals(version) ? new BookingsQuery(null, null, progress.from, null, null, PAGE, skip) : BookingsQuery.of(UPCOMING, PAGE, skip);
    }

    /** Makes appointments of a page, in one transaction. */
    public void take(@Body BookingsPage page, @Variable(PROGRESS) Progress progress, @Variable("companyId") int company) {
        List<CalcomBooking> upcoming = page.items().stream().filter(booking -> !OVER.contains(booking.status())).toList();
        List<CalcomBooking> created = upcoming.stream().filter(booking -> !store.isBooked(company, booking.uid())).toList();
        database.transaction().executeWithoutResult(status -> booked.recordEach(company, created, booking -> null));
        progress.created += created.size();
        progress.pages++;
        progress.seen += upcoming.size();
        progress.hasNext = page.hasNextPage();
    }

    /**
     * Ends.
     *
     * @return {@code seen}, {@code created} (new appointments), and {@code more}: whether there were so many that some were left out
     */
    public Map<String, Object> report(@Variable(PROGRESS) Progress progress) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("seen", progress.seen);
        report.put("created", progress.created);
        report.put("more", progress.hasNext);
        return report;
    }

    /**
     * Which of these bookings this hub knows nothing of.
     *
     * @param uids    bookings of Cal.com
     * @param company whose
     * @return those that no delivery, no booking of ours and no take-over has told of
     */
    public List<String> unknown(@Body List<String> uids, @Variable("companyId") int company) {
        return uids.stream().filter(uid -> !store.isBooked(company, uid)).toList();
    }
}
