package io.calcamel.fault;

import static org.awaitility.Awaitility.await;

import io.calcamel.HubProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL that can be ended in every way, and started again with its data at its port. Its commits are on disk. */
final class Postgres implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path data;
    private final int port = HubProcess.freePort();
    private final Map<String, String> environment = new HashMap<>();
    private Process process;

    /** @param data where its data is to be; an empty folder */
    Postgres(Path data) {
        this.data = data;
        try {
            EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).setLocaleConfig("locale", "C").start().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Postgres with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts it, and returns when it takes connections. */
    Postgres start() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
            if (process == null || !process.isAlive()) {
                launch();
            }
            return answers();
        });
        return this;
    }

    private void launch() throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // PostgreSQL refuses to run as root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(binaries().resolve("postgres").toString(), "-D", data.toString(), "-p", String.valueOf(port), "-c", "fsync=on",
                "-c", "synchronous_commit=on", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=60"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    private Path log() {
        return data.resolveSibling(data.getFileName() + ".log");
    }

    private static Path binaries() throws IOException {
        try (Stream<Path> unpacked = Files.list(Path.of(System.getProperty("java.io.tmpdir"), "embedded-pg"))) {
            return unpacked.map(folder -> folder.resolve("bin")).filter(bin -> Files.exists(bin.resolve("postgres"))).findFirst().orElseThrow();
        }
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.createStatement().execute("SELECT 1");
        } catch (SQLException e) {
            return false;
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url() + "&connectTimeout=2&socketTimeout=120");
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    }

    /** Ends it as an operator does: connections are closed, what is committed is written. */
    void stop() {
        signal("INT");
        end();
    }

    /** Ends it as the kernel does when memory is short. */
    void kill() {
        process.destroyForcibly();
        end();
    }

    /** It neither answers nor goes away. */
    void freeze() {
        signalAll("STOP");
    }

    void thaw() {
        signalAll("CONT");
    }

    /** Ends the hub's connections, also those in the midst of something. */
    int cutConnections() throws SQLException {
        try (Connection connection = connect(); var cut = connection.createStatement().executeQuery(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'calcamel%'")) {
            cut.next();
            return cut.getInt(1);
        }
    }

    private void signalAll(String signal) {
        process.descendants().forEach(child -> signal(signal, child.pid()));
        signal(signal);
    }

    private void signal(String signal) {
        signal(signal, process.pid());
    }

    private static void signal(String signal, long pid) {
        try {
            new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("PostgreSQL does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            stop();
        }
    }
}
