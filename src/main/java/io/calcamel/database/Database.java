package io.calcamel.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * PostgreSQL: the server that is configured, or an embedded one that keeps its data in a folder; with the schema brought
 * up to date and a bounded pool of connections.
 */
public final class Database implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final EmbeddedDatabase embedded;
    private final HikariDataSource pool;
    private final TransactionTemplate transaction;
    private final Locks locks;

    /**
     * How to reach a PostgreSQL.
     *
     * @param url      JDBC URL; blank for the embedded server
     * @param user     its user; blank where the URL names one
     * @param password the user's password; may be blank
     * @param poolSize connections at most
     * @param dataDir  folder of the embedded server
     */
    public record Settings(String url, String user, String password, int poolSize, Path dataDir) {

        /** Without the password that a record would print of itself. */
        @Override
        public String toString() {
            return "database settings";
        }
    }

    private Database(EmbeddedDatabase embedded, HikariDataSource pool) {
        this.embedded = embedded;
        this.pool = pool;
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        this.locks = new Locks(pool);
    }

    /**
     * Starts the embedded server where no other is configured, connects, and migrates the schema.
     *
     * @param settings how to reach it
     * @return the database, ready for use
     * @throws IOException         if the embedded server can't be started
     * @throws DatabaseUnavailable if another hub uses the data folder, or the server can't be used
     */
    public static Database start(Settings settings) throws IOException {
        EmbeddedDatabase embedded = settings.url().isBlank() ? EmbeddedDatabase.start(settings.dataDir()) : null;
        try {
            HikariDataSource pool = connect(settings, embedded);
            Flyway.configure().dataSource(pool).loggers("slf4j").load().migrate();
            return new Database(embedded, pool);
        } catch (RuntimeException e) {
            if (embedded != null) {
                embedded.close();
            }
            throw e;
        }
    }

    private static HikariDataSource connect(Settings settings, EmbeddedDatabase embedded) {
        try {
            return new HikariDataSource(poolConfig(settings, embedded));
        } catch (HikariPool.PoolInitializationException e) {
            throw new DatabaseUnavailable("The database can't be used: " + e.getCause().getMessage()
                    + " Check CALCAMEL_DB_URL, CALCAMEL_DB_USER and CALCAMEL_DB_PASSWORD.");
        } catch (RuntimeException e) {
            throw new DatabaseUnavailable("CALCAMEL_DB_URL is no JDBC URL of a PostgreSQL: use jdbc:postgresql://host:5432/database.");
        }
    }

    private static HikariConfig poolConfig(Settings settings, EmbeddedDatabase embedded) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("database");
        config.setJdbcUrl(embedded == null ? settings.url() : embedded.jdbcUrl());
        if (embedded == null && !settings.user().isBlank()) {
            config.setUsername(settings.user());
            config.setPassword(settings.password());
        }
        config.setMaximumPoolSize(settings.poolSize());
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.addDataSourceProperty("ApplicationName", "calcamel");
        // As texts: what is none does not reach the driver. A refused row is somebody's data, and exceptions reach the log.
        config.addDataSourceProperty("logServerErrorDetail", "false");
        config.addDataSourceProperty("connectTimeout", String.valueOf(CONNECT_TIMEOUT.toSeconds()));
        config.addDataSourceProperty("socketTimeout", "60");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        return config;
    }

    /** The pool of connections. */
    public DataSource dataSource() {
        return pool;
    }

    /** SQL that joins the transaction of its thread, as camel-sql does. */
    public JdbcClient client() {
        return JdbcClient.create(pool);
    }

    /** Runs work in one transaction of the calling thread; nested use joins it. */
    public TransactionTemplate transaction() {
        return transaction;
    }

    /** The locks of runs that a company has one of at a time. */
    public Locks locks() {
        return locks;
    }

    /** Where the data is, as a person would say it. */
    public String description() {
        return embedded == null ? pool.getJdbcUrl().replaceAll("\\?.*", "") : embedded.description();
    }

    /** Closes the pool, and stops the embedded server. */
    @Override
    public void close() {
        pool.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
