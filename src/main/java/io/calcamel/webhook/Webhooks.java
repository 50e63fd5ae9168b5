package io.calcamel.webhook;

import io.calcamel.company.Companies;
import io.calcamel.database.Database;
import org.apache.camel.CamelContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The face of this module: takes in Cal.com's webhooks and hands them to the routes. It gives the routes the pieces
 * that they name: {@code deliveryReceive}, {@code signatureCheck}, {@code inboxWriter} and {@code deliveries}.
 */
public final class Webhooks {

    private final InboxWriter writer;
    private final InboxWorker worker;

    private Webhooks(InboxWriter writer, InboxWorker worker) {
        this.writer = writer;
        this.worker = worker;
    }

    /**
     * Binds the pieces and begins to store deliveries.
     *
     * @param context   where the pieces are bound
     * @param database  where the inbox is
     * @param companies who owns which path
     * @param storing   the bounds of storing
     * @param working   how deliveries are applied; null on a node that only takes them in
     * @return the module
     */
    public static Webhooks start(CamelContext context, Database database, Companies companies, InboxWriter.Settings storing,
            InboxWorker.Settings working) {
        Inbox inbox = new Inbox(new JdbcTemplate(database.dataSource()), database.transaction());
        InboxWorker worker = working == null ? null : new InboxWorker(inbox, database.transaction(), context, working);
        InboxWriter writer = new InboxWriter(inbox, storing, worker == null ? () -> { } : worker::wake);
        context.getRegistry().bind("deliveryReceive", new DeliveryReceive(companies));
        context.getRegistry().bind("signatureCheck", new SignatureCheck(companies));
        context.getRegistry().bind("inboxWriter", writer);
        context.getRegistry().bind("deliveries", new Deliveries(database.client()));
        writer.startWriting();
        return new Webhooks(writer, worker);
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
