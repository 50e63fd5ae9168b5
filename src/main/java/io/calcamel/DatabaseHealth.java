package io.calcamel;

import io.calcamel.database.Database;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Whether the database is there, and how many deliveries wait for it. Part of {@code /observe/health} only: without the database the
 * hub is alive, and ready for webhooks.
 */
final class DatabaseHealth extends AbstractHealthCheck {

    private final Database database;
    private final IntSupplier spooled;

    /**
     * @param database the database
     * @param spooled  how many deliveries wait in the spool
     */
    DatabaseHealth(Database database, IntSupplier spooled) {
        super("calcamel", "database");
        this.database = database;
        this.spooled = spooled;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String waiting = spooled.getAsInt() + " deliveries wait in the spool.";
        if (database.isThere()) {
            builder.message(waiting).up();
        } else {
            builder.message("The database is away. Webhooks are taken in, those of companies whose secrets are known, and spooled; the API answers 503. " + waiting).down();
        }
    }
}
