package io.calcamel.webhook;

import com.github.benmanes.caffeine.cache.Ticker;
import io.calcamel.attention.Matter;
import io.calcamel.company.Companies;
import io.calcamel.database.Database;
import io.calcamel.http.ClientAddress;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The face of this module: takes in Cal.com's webhooks and hands them to the routes. It gives the routes the pieces
 * that they name: {@code deliveryReceive}, {@code signatureCheck}, {@code inboxWriter}, {@code spool}, {@code deliveries},
 * {@code deliveryReplay}, {@code deliveryErasure} and {@code deliveryRetention}.
 */
public final class Webhooks {

    /**
     * @param clients      whom a request comes from
     * @param badPerMinute wrongly signed deliveries from one address in a minute; more get 429
     */
    public record Senders(ClientAddress clients, int badPerMinute) {
    }

    private final InboxWriter writer;
    private final InboxWorker worker;
    private final Inbox inbox;
    private final Spool spool;

    private Webhooks(InboxWriter writer, InboxWorker worker, Inbox inbox, Spool spool) {
        this.writer = writer;
        this.worker = worker;
        this.inbox = inbox;
        this.spool = spool;
    }

    /**
     * Binds the pieces and begins to store deliveries.
     *
     * @param context   where the pieces are bound
     * @param database  where the inbox is
     * @param companies who owns which path
     * @param senders   who may post
     * @param storing   the bounds of storing
     * @param spooling  where deliveries are kept while the database can't take them
     * @param working   how deliveries are applied; null on a node that only takes them in
     * @param replaying how deliveries are replayed
     * @param attention told of dead letters
     * @return the module
     * @throws IOException if the spool's folder can't be used
     */
    public static Webhooks start(CamelContext context, Database database, Companies companies, Senders senders, InboxWriter.Settings storing,
            Spool.Settings spooling, InboxWorker.Settings working, DeliveryReplay.Settings replaying, Consumer<Matter> attention) throws IOException {
        Inbox inbox = new Inbox(new JdbcTemplate(database.dataSource()), database.transaction());
        InboxWorker worker = working == null ? null : new InboxWorker(inbox, database.transaction(), context, working, attention, database::isThere);
        Runnable wake = worker == null ? () -> { } : worker::wake;
        TransactionTemplate intake = new TransactionTemplate(new JdbcTransactionManager(database.intake()));
        InboxWriter writer = new InboxWriter(new Inbox(new JdbcTemplate(database.intake()), intake), storing, database::isThere, wake);
        Spool spool = new Spool(spooling, writer::isCalm, attention);
        Deliveries deliveries = new Deliveries(database.client());
        context.getRegistry().bind("deliveryReceive", new DeliveryReceive(companies, senders.clients()));
        context.getRegistry().bind("signatureCheck", new SignatureCheck(companies, new BadSignatures(senders.badPerMinute(), Ticker.systemTicker())));
        context.getRegistry().bind("inboxWriter", writer);
        context.getRegistry().bind("spool", spool);
        context.getRegistry().bind("deliveries", deliveries);
        context.getRegistry().bind("deliveryReplay", new DeliveryReplay(inbox, deliveries, wake, replaying));
        context.getRegistry().bind("deliveryErasure", new DeliveryErasure(inbox));
        context.getRegistry().bind("deliveryRetention", new DeliveryRetention(inbox));
        writer.startWriting();
        return new Webhooks(writer, worker, inbox, spool);
    }

    /**
     * Which of these bookings have deliveries that came in and are still to be applied, for the first time or again.
     *
     * @param company whose they are
     * @param uids    bookings of Cal.com
     * @return their uids; all of them while deliveries are in the spool, which tells nothing of their bookings
     */
    public Set<String> waiting(int company, Collection<String> uids) {
        return spool.size() > 0 ? Set.copyOf(uids) : inbox.waiting(company, uids);
    }

    /** Whether deliveries can be kept while the database is away. */
    public boolean canSpool() {
        return spool.takes();
    }

    /** How many deliveries wait in the spool for the database. */
    public int spooled() {
        return spool.size();
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
        spool.close();
    }
}
