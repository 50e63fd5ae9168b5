package io.calcamel.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * PostgreSQL: the server that is configured, or an embedded one that keeps its data in a folder; with the schema brought
 * up to date and a bounded pool of connections.
 */
public final class Database implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(8);
    /** How soon the watch must have its answer: what answers later is no help to a delivery that waits. */
    private static final String WATCH_SECONDS = "2";

    private final EmbeddedDatabase embedded;
    private final String url;
    private final List<HikariDataSource> pools;
    private final DatabaseWatch watch;
    private final DataSource source;
    private final DataSource intake;
    private final TransactionTemplate transaction;
    private final Locks locks;

    /**
     * How to reach a PostgreSQL.
     *
     * @param url      JDBC URL; blank for the embedded server
     * @param user     its user; blank where the URL names one
     * @param password the user's password; may be blank
     * @param poolSize connections at most
     * @param intake   connections, beside those, that only the storing of deliveries uses: it waits for nobody's slow question
     * @param dataDir  folder of the embedded server
     */
    public record Settings(String url, String user, String password, int poolSize, int intake, Path dataDir) {

        /** Without the password that a record would print of itself. */
        @Override
        public String toString() {
            return "database settings";
        }
    }

    private Database(EmbeddedDatabase embedded, String url, HikariDataSource pool, HikariDataSource intakePool, DatabaseWatch watch) {
        this.embedded = embedded;
        this.url = url;
        this.pools = List.of(intakePool, pool);
        this.watch = watch;
        this.source = new WatchedDataSource(pool, watch);
        this.intake = new WatchedDataSource(intakePool, watch);
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(source));
        this.locks = new Locks(source);
    }

    /**
     * Starts the embedded server where no other is configured, connects, and migrates the schema; both later, where a server
     * can't be reached yet.
     *
     * @param settings how to reach it
     * @return the database, ready for use or known to be away
     * @throws IOException         if the embedded server can't be started
     * @throws DatabaseUnavailable if another hub uses the data folder, or the server refuses us
     */
    public static Database start(Settings settings) throws IOException {
        EmbeddedDatabase embedded = settings.url().isBlank() ? EmbeddedDatabase.start(settings.dataDir()) : null;
        List<AutoCloseable> begun = new ArrayList<>();
        try {
            HikariDataSource pool = pool(settings, embedded, "database", settings.poolSize());
            begun.add(pool);
            HikariDataSource intake = pool(settings, embedded, "intake", settings.intake());
            begun.add(intake);
            DatabaseWatch watch = new DatabaseWatch(() -> open(settings, embedded), () -> migrate(pool), Optional.ofNullable(embedded));
            watch.start();
            return new Database(embedded, pool.getJdbcUrl().replaceAll("\\?.*", ""), pool, intake, watch);
        } catch (SQLException e) {
            close(begun, embedded);
            throw new DatabaseUnavailable("The database can't be used: " + e.getMessage() + " Check CALCAMEL_DB_URL, CALCAMEL_DB_USER and CALCAMEL_DB_PASSWORD.");
        } catch (RuntimeException e) {
            close(begun, embedded);
            throw e;
        }
    }

    private static void close(List<AutoCloseable> begun, EmbeddedDatabase embedded) {
        begun.forEach(Database::close);
        if (embedded != null) {
            embedded.close();
        }
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void migrate(HikariDataSource pool) throws SQLException {
        // Flyway would wait, and try again by itself, where the watch does.
        pool.getConnection().close();
        try {
            Flyway.configure().dataSource(pool).loggers("slf4j").load().migrate();
        } catch (FlywayException e) {
            if (NestedExceptionUtils.getMostSpecificCause(e) instanceof SQLException failed && DatabaseWatch.isPassing(failed)) {
                throw failed;
            }
            throw e;
        }
    }

    private static Connection open(Settings settings, EmbeddedDatabase embedded) throws SQLException {
        Properties properties = new Properties();
        if (embedded == null && !settings.user().isBlank()) {
            properties.setProperty("user", settings.user());
            properties.setProperty("password", settings.password());
        }
        properties.setProperty("ApplicationName", "calcamel watch");
        properties.setProperty("connectTimeout", WATCH_SECONDS);
        properties.setProperty("loginTimeout", WATCH_SECONDS);
        properties.setProperty("socketTimeout", WATCH_SECONDS);
        return DriverManager.getConnection(embedded == null ? settings.url() : embedded.jdbcUrl(), properties);
    }

    private static HikariDataSource pool(Settings settings, EmbeddedDatabase embedded, String name, int size) {
        try {
            return new HikariDataSource(poolConfig(settings, embedded, name, size));
        } catch (RuntimeException e) {
            throw new DatabaseUnavailable("CALCAMEL_DB_URL is no JDBC URL of a PostgreSQL: use jdbc:postgresql://host:5432/database.");
        }
    }

    private static HikariConfig poolConfig(Settings settings, EmbeddedDatabase embedded, String name, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(embedded == null ? settings.url() : embedded.jdbcUrl());
        if (embedded == null && !settings.user().isBlank()) {
            config.setUsername(settings.user());
            config.setPassword(settings.password());
        }
        config.setMaximumPoolSize(size);
        // The watch finds out whether it can be reached.
        config.setInitializationFailTimeout(-1);
        // Who waits for a lock holds a thread that others need; what is waited for longer is refused, and tried again.
        config.setConnectionInitSql("SET lock_timeout = '" + LOCK_TIMEOUT.toMillis() + "ms'");
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.addDataSourceProperty("ApplicationName", "calcamel");
        // As texts: what is none does not reach the driver. A refused row is somebody's data, and exceptions reach the log.
        config.addDataSourceProperty("logServerErrorDetail", "false");
        config.addDataSourceProperty("connectTimeout", String.valueOf(CONNECT_TIMEOUT.toSeconds()));
        config.addDataSourceProperty("socketTimeout", "60");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        return config;
    }

    /** The pool of connections; refuses at once while the database is away. */
    public DataSource dataSource() {
        return source;
    }

    /** The connections that only the storing of deliveries uses; refuses at once while the database is away. */
    public DataSource intake() {
        return intake;
    }

    /** SQL that joins the transaction of its thread, as camel-sql does. */
    public JdbcClient client() {
        return JdbcClient.create(source);
    }

    /** Runs work in one transaction of the calling thread; nested use joins it. */
    public TransactionTemplate transaction() {
        return transaction;
    }

    /** The locks of runs that a company has one of at a time. */
    public Locks locks() {
        return locks;
    }

    /** Whether the database can be used, as of half a second ago. */
    public boolean isThere() {
        return watch.isThere();
    }

    /**
     * Runs something now, or as soon as the database is there.
     *
     * @param task the task; of its own exceptions it is told in the log where it did not run now
     */
    public void whenThere(Runnable task) {
        watch.whenThere(task);
    }

    /** Where the data is, as a person would say it. */
    public String description() {
        return embedded == null ? url : embedded.description();
    }

    /** Closes the pools, and stops the embedded server. */
    @Override
    public void close() {
        watch.close();
        pools.forEach(HikariDataSource::close);
        if (embedded != null) {
            embedded.close();
        }
    }
}
