package io.calcamel.webhook;

import io.calcamel.attention.Matter;
import io.calcamel.company.Companies;
import io.calcamel.database.Database;
import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The face of this module: takes in Cal.com's webhooks and hands them to the routes. It gives the routes the pieces
 * that they name: {@code deliveryReceive}, {@code signatureCheck}, {@code inboxWriter}, {@code deliveries} and {@code deliveryReplay}.
 */
public final class Webhooks {

    private final InboxWriter writer;
    private final InboxWorker worker;
    private final Inbox inbox;

    private Webhooks(InboxWriter writer, InboxWorker worker, Inbox inbox) {
        this.writer = writer;
        this.worker = worker;
        this.inbox = inbox;
    }

    /**
     * Binds the pieces and begins to store deliveries.
     *
     * @param context   where the pieces are bound
     * @param database  where the inbox is
     * @param companies who owns which path
     * @param storing   the bounds of storing
     * @param working   how deliveries are applied; null on a node that only takes them in
     * @param replaying how deliveries are replayed
     * @param attention told of dead letters
     * @return the module
     */
    public static Webhooks start(CamelContext context, Database database, Companies companies, InboxWriter.Settings storing,
            InboxWorker.Settings working, DeliveryReplay.Settings replaying, Consumer<Matter> attention) {
        Inbox inbox = new Inbox(new JdbcTemplate(database.dataSource()), database.transaction());
        InboxWorker worker = working == null ? null : new InboxWorker(inbox, database.transaction(), context, working, attention);
        Runnable wake = worker == null ? () -> { } : worker::wake;
        InboxWriter writer = new InboxWriter(inbox, storing, wake);
        Deliveries deliveries = new Deliveries(database.client());
        context.getRegistry().bind("deliveryReceive", new DeliveryReceive(companies));
        context.getRegistry().bind("signatureCheck", new SignatureCheck(companies));
        context.getRegistry().bind("inboxWriter", writer);
        context.getRegistry().bind("deliveries", deliveries);
        context.getRegistry().bind("deliveryReplay", new DeliveryReplay(inbox, deliveries, wake, replaying));
        writer.startWriting();
        return new Webhooks(writer, worker, inbox);
    }

    /**
     * Which of these bookings have deliveries that came in and are still to be applied, for the first time or again.
     *
     * @param company whose they are
     * @param uids    bookings of Cal.com
     */
    public Set<String> waiting(int company, Collection<String> uids) {
        return inbox.waiting(company, uids);
    }

    /** Begins to apply deliveries, once the routes are there. */
    public void work() {
        if (worker != null) {
            worker.open();
        }
    }

    /** Stops applying; deliveries at hand are finished. Called before the routes are taken down. */
    public void rest() throws InterruptedException {
        if (worker != null) {
            worker.close();
        }
    }

    /** Stops storing, once the routes are down. */
    public void close() throws InterruptedException {
        writer.stopWriting();
    }
}
