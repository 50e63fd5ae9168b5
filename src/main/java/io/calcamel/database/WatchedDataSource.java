package io.calcamel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Refuses at once while the database is known to be away: whoever waited for the pool would hold a thread that deliveries need. */
final class WatchedDataSource extends DelegatingDataSource {

    /** SQLSTATE "connection does not exist" (ISO 9075, class 08). */
    private static final String AWAY = "08003";

    private final DatabaseWatch watch;

    WatchedDataSource(DataSource pool, DatabaseWatch watch) {
        super(pool);
        this.watch = watch;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (!watch.isThere()) {
            throw new SQLTransientConnectionException("The database is away", AWAY);
        }
        return super.getConnection();
    }
}
