package io.calcamel.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That a company has one run of a kind at a time, whatever node it is on. The locks are PostgreSQL's, all of one connection: a run
 * that waits for Cal.com holds none of its own, and {@code kill -9} frees them.
 */
public final class Locks {

    private static final Logger LOG = LoggerFactory.getLogger(Locks.class);
    private static final int ANSWER_WITHIN_SECONDS = 2;

    private final DataSource dataSource;
    /** PostgreSQL would let this connection take a lock a second time. */
    private final Set<Key> taken = new HashSet<>();
    private Connection connection;

    Locks(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    private record Key(String kind, int company) {
    }

    /** Who holds it is the company's only run of its kind. */
    public interface Lock extends AutoCloseable {

        /** Frees it; does nothing the second time. */
        @Override
        void close();
    }

    /**
     * Takes a company's lock.
     *
     * @param kind    of which runs, such as {@code event-type-sync}
     * @param company whose, by id
     * @return the lock, to be closed; empty where another run has it
     */
    public synchronized Optional<Lock> lock(String kind, int company) {
        Key key = new Key(kind, company);
        try {
            if (taken.contains(key) || !call("pg_try_advisory_lock", key)) {
                return Optional.empty();
            }
            taken.add(key);
            Connection its = connection;
            AtomicBoolean isFreed = new AtomicBoolean();
            return Optional.of(() -> {
                if (!isFreed.getAndSet(true)) {
                    free(key, its);
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException("the lock of " + kind + " can't be taken: " + e.getMessage(), e);
        }
    }

    private boolean call(String function, Key key) throws SQLException {
        if (connection == null || !connection.isValid(ANSWER_WITHIN_SECONDS)) {
            abort();
            connection = dataSource.getConnection();
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + function + "(hashtext(?), ?)")) {
            statement.setString(1, key.kind());
            statement.setInt(2, key.company());
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    private synchronized void free(Key key, Connection its) {
        if (its != connection) {
            // The connection broke, and the lock with it.
            return;
        }
        taken.remove(key);
        try {
            call("pg_advisory_unlock", key);
            if (taken.isEmpty() && connection != null) {
                connection.close();
                connection = null;
            }
        } catch (SQLException e) {
            LOG.debug("The connection is gone, and the lock with it: {}", e.getMessage());
        }
    }

    /** Ends a connection that does not answer, and all its locks with it: given back to the pool it could hold them for ever. */
    private void abort() throws SQLException {
        taken.clear();
        if (connection != null) {
            connection.abort(Runnable::run);
            connection.close();
            connection = null;
        }
    }
}
