package io.calcamel.webhook;

import com.github.benmanes.caffeine.cache.Ticker;
import io.calcamel.attention.Matter;
import io.calcamel.company.Companies;
import io.calcamel.database.Database;
import io.calcamel.http.ClientAddress;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The face of this module: takes in Cal.com's webhooks and hands them to the routes. It gives the routes the pieces
 * that they name: {@code deliveryReceive}, {@code signatureCheck}, {@code inboxWriter}, {@code deliveries},
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
     * @param senders   who may post
     * @param storing   the bounds of storing
     * @param working   how deliveries are applied; null on a node that only takes them in
     * @param replaying how deliveries are replayed
     * @param attention told of dead letters
     * @return the module
     */
    public static Webhooks start(CamelContext context, Database database, Companies companies, Senders senders, InboxWriter.Settings storing,
            InboxWorker.Settings working, DeliveryReplay.Settings replaying, Consumer<Matter> attention) {
        Inbox inbox = new Inbox(new JdbcTemplate(database.dataSource()), database.transaction());
        InboxWorker worker = working == null ? null : new InboxWorker(inbox, database.transaction(), context, working, attention);
        Runnable wake = worker == null ? () -> { } : worker::wake;
        InboxWriter writer = new InboxWriter(inbox, storing, wake);
        Deliveries deliveries = new Deliveries(database.client());
        context.getRegistry().bind("deliveryReceive", new DeliveryReceive(companies, senders.clients()));
        context.getRegistry().bind("signatureCheck", new SignatureCheck(companies, new BadSignatures(senders.badPerMinute(), Ticker.systemTicker())));
        context.getRegistry().bind("inboxWriter", writer);
        context.getRegistry().bind("deliveries", deliveries);
        context.getRegistry().bind("deliveryReplay", new DeliveryReplay(inbox, deliveries, wake, replaying));
        context.getRegistry().bind("deliveryErasure", new DeliveryErasure(inbox));
        context.getRegistry().bind("deliveryRetention", new DeliveryRetention(inbox));
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
