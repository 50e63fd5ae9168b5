package io.calcamel.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Knows whether the database is there: looks twice a second, over a connection of its own, so that nobody who needs it has to
 * wait for a time-out to find out. Starts an embedded server again that died.
 */
final class DatabaseWatch implements AutoCloseable {

    /** Something that may fail with what a database fails with. */
    interface Task {
        void run() throws SQLException;
    }

    /** Opens the connection that the watch asks over; fails within seconds. */
    interface Opener {
        Connection open() throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWatch.class);
    /** SQLSTATE "read only SQL transaction" (ISO 9075, class 25). */
    private static final String READ_ONLY = "25006";
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);

    private final Opener opener;
    private final Task prepare;
    private final Optional<EmbeddedDatabase> embedded;
    private final Thread thread = new Thread(this::watch, "database-watch");
    private final List<Runnable> waiting = new ArrayList<>();
    private Connection connection;
    private boolean isPrepared;
    private String lastTrouble;
    private Instant awaySince;
    private volatile boolean there;
    private volatile boolean closed;

    /**
     * @param opener   how to reach the database
     * @param prepare  done once, before anybody else may use it
     * @param embedded the server of our own, where it is one
     */
    DatabaseWatch(Opener opener, Task prepare, Optional<EmbeddedDatabase> embedded) {
        this.opener = opener;
        this.prepare = prepare;
        this.embedded = embedded;
    }

    /**
     * Looks for the first time, then by itself.
     *
     * @throws SQLException with what it can't be used for, where waiting would not help
     */
    void start() throws SQLException {
        try {
            look();
        } catch (SQLException e) {
            if (!isPassing(e)) {
                close();
                throw e;
            }
            noteAway(e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether it was there half a second ago. */
    boolean isThere() {
        return there;
    }

    /** Runs something now, or as soon as the database is there; again, where it went away meanwhile. */
    void whenThere(Runnable task) {
        if (!there || !isDone(task)) {
            synchronized (waiting) {
                waiting.add(task);
            }
        }
    }

    private static boolean isDone(Runnable task) {
        try {
            task.run();
            return true;
        } catch (DataAccessResourceFailureException | TransientDataAccessException | RecoverableDataAccessException | TransactionException e) {
            LOG.debug("The database went away in the midst of it: {}", e.getMessage());
            return false;
        }
    }

    /** Whether somebody's patience helps: a server that starts, stops, is full, stands by or can't be reached, not one that refuses us. */
    static boolean isPassing(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.equals(READ_ONLY) || state.startsWith("55") || state.startsWith("08") || state.startsWith("53") || state.startsWith("57") || state.startsWith("58");
    }

    private void watch() {
        while (!closed) {
            try {
                Thread.sleep(EVERY.toMillis());
                embedded.ifPresent(EmbeddedDatabase::startAgainIfDead);
                look();
                runWaiting();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (SQLException | RuntimeException | Error e) {
                noteAway(e);
            }
        }
    }

    private void look() throws SQLException {
        try {
            ask();
        } catch (SQLException e) {
            // The connection may have been cut, which says nothing of the next one.
            hangUp();
            ask();
        }
        if (!there) {
            come();
        }
    }

    private void ask() throws SQLException {
        if (connection == null) {
            connection = opener.open();
        }
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SHOW transaction_read_only")) {
            if (row.next() && row.getString(1).equals("on")) {
                throw new SQLException("It can only be read: it stands by for another.", READ_ONLY);
            }
        }
    }

    private void come() throws SQLException {
        if (!isPrepared) {
            prepare.run();
            isPrepared = true;
        }
        there = true;
        if (awaySince != null) {
            LOG.info("The database is there again, after {} s", Duration.between(awaySince, Instant.now()).toSeconds());
            awaySince = null;
            lastTrouble = null;
        }
    }

    private void runWaiting() {
        List<Runnable> tasks;
        synchronized (waiting) {
            tasks = List.copyOf(waiting);
            waiting.clear();
        }
        for (Runnable task : tasks) {
            try {
                whenThere(task);
            } catch (RuntimeException e) {
                LOG.error("What waited for the database failed: {}", e.getMessage());
            }
        }
    }

    private void noteAway(Throwable e) {
        if (closed) {
            return;
        }
        hangUp();
        there = false;
        awaySince = awaySince == null ? Instant.now() : awaySince;
        if (!String.valueOf(e.getMessage()).equals(lastTrouble)) {
            lastTrouble = String.valueOf(e.getMessage());
            LOG.warn("The database is away; deliveries go to the spool until it is back: {}", lastTrouble);
        }
    }

    private void hangUp() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("The watch's connection could not be closed", e);
            }
            connection = null;
        }
    }

    @Override
    public void close() {
        closed = true;
        there = false;
        thread.interrupt();
        try {
            thread.join(CLOSE_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        hangUp();
    }
}
