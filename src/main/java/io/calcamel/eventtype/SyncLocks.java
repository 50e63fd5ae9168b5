package io.calcamel.eventtype;

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
 * That a company has one run of the sync at a time, whatever node it is on. The locks are PostgreSQL's, all of one connection: a run
 * that waits for Cal.com holds none of its own, and {@code kill -9} frees them.
 */
final class SyncLocks {

    private static final Logger LOG = LoggerFactory.getLogger(SyncLocks.class);
    private static final int ANSWER_WITHIN_SECONDS = 2;

    private final DataSource dataSource;
    /** PostgreSQL would let this connection take a lock a second time. */
    private final Set<Integer> taken = new HashSet<>();
    private Connection connection;

    SyncLocks(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Who holds it is the company's only run. */
    interface Lock extends AutoCloseable {

        /** Frees it; does nothing the second time. */
        @Override
        void close();
    }

    /**
     * Takes the company's lock.
     *
     * @return the lock, to be closed; empty where another run has it
     */
    synchronized Optional<Lock> lock(int company) {
        try {
            if (taken.contains(company) || !call("pg_try_advisory_lock", company)) {
                return Optional.empty();
            }
            taken.add(company);
            Connection its = connection;
            AtomicBoolean isFreed = new AtomicBoolean();
            return Optional.of(() -> {
                if (!isFreed.getAndSet(true)) {
                    free(company, its);
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException("the lock of the sync can't be taken: " + e.getMessage(), e);
        }
    }

    private boolean call(String function, int company) throws SQLException {
        if (connection == null || !connection.isValid(ANSWER_WITHIN_SECONDS)) {
            abort();
            connection = dataSource.getConnection();
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + function + "(hashtext('event-type-sync'), ?)")) {
            statement.setInt(1, company);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    private synchronized void free(int company, Connection its) {
        if (its != connection) {
            // The connection broke, and the lock with it.
            return;
        }
        taken.remove(company);
        try {
            call("pg_advisory_unlock", company);
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
