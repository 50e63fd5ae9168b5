package io.calcamel.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL 17 of our own, as a child process, with its data in a folder that one hub at a time owns.
 *
 * <p>The library starts it for tests, with {@code fsync=off}; here durability is switched on. After {@code kill -9} of
 * the hub its PostgreSQL goes on without a parent and holds the data; the next start ends it and starts anew.
 */
final class EmbeddedDatabase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration AGAIN_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration ORPHAN_TIMEOUT = Duration.ofSeconds(60);

    private final Path folder;
    private final FileChannel lock;
    private final Path binaries;
    private EmbeddedPostgres postgres;
    private volatile boolean closed;

    private EmbeddedDatabase(Path folder, Path binaries, FileChannel lock, EmbeddedPostgres postgres) {
        this.folder = folder;
        this.binaries = binaries;
        this.lock = lock;
        this.postgres = postgres;
    }

    /**
     * @param dataDir the hub's data folder; created where it is missing
     * @return the running server
     * @throws IOException         if the folder can't be used or the server does not start
     * @throws DatabaseUnavailable if another hub owns the folder
     */
    static EmbeddedDatabase start(Path dataDir) throws IOException {
        Path home = Files.createDirectories(dataDir.toAbsolutePath().normalize());
        FileChannel lock = own(home);
        try {
            Path folder = home.resolve("postgresql");
            Path initialised = home.resolve("postgresql.initialised");
            Path binaries = home.resolve("postgresql-binaries");
            deleteHalfUnpacked(binaries);
            endOrphan(folder);
            if (Files.notExists(initialised)) {
                // Killed in the midst of the very first start: there is nothing in it yet, but initdb may still be at it.
                endLeftBehind(folder);
                FileUtils.deleteDirectory(folder.toFile());
            }
            EmbeddedPostgres postgres = boot(folder, binaries, 0, START_TIMEOUT);
            Files.write(initialised, new byte[0]);
            return new EmbeddedDatabase(folder, binaries, lock, postgres);
        } catch (IOException | RuntimeException e) {
            lock.close();
            if (String.valueOf(e.getMessage()).contains("Missing embedded postgres binaries")) {
                throw new DatabaseUnavailable("There is no PostgreSQL for this system inside: build on it, or set CALCAMEL_DB_URL.");
            }
            throw e;
        }
    }

    /** @param port the port to listen on; 0 for a free one */
    private static EmbeddedPostgres boot(Path folder, Path binaries, int port, Duration within) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(binaries.toFile())
                .setPGStartupWait(within)
                .setPort(port)
                // The library would stop the server in a hook of its own, before the routes have drained.
                .setRegisterShutdownHook(false)
                .setLocaleConfig("locale", "C")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("max_connections", "100")
                .start();
    }

    /** Starts the server anew, on the port of before, where its process has ended by itself. Waits until it is up. */
    synchronized void startAgainIfDead() {
        if (closed || isRunning()) {
            return;
        }
        int port = postgres.getPort();
        LOG.warn("The embedded PostgreSQL has died; it is started again");
        try {
            // It has nothing left to stop, but holds the library's lock on the folder; ours guards it all the while.
            postgres.close();
            Files.deleteIfExists(folder.resolve("epg-lock"));
            postgres = boot(folder, binaries, port, AGAIN_TIMEOUT);
        } catch (IOException | RuntimeException e) {
            LOG.error("The embedded PostgreSQL could not be started again; next try in a moment: {}", e.getMessage());
        }
    }

    /** Also one that was started again, and took longer than we waited: it reads its log, which nobody must end. */
    private boolean isRunning() {
        try {
            Path pidFile = folder.resolve("postmaster.pid");
            if (Files.exists(pidFile) && Files.size(pidFile) == 0) {
                // Of a full disk. PostgreSQL would not start beside it, and the folder is ours.
                Files.delete(pidFile);
                return false;
            }
            return holder(folder).isPresent();
        } catch (IOException | NumberFormatException e) {
            LOG.debug("Nobody can say whether the embedded PostgreSQL runs", e);
            return true;
        }
    }

    /** Takes the folder's lock, which the operating system gives back however this process ends. */
    private static FileChannel own(Path home) throws IOException {
        FileChannel channel = FileChannel.open(home.resolve("hub.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new DatabaseUnavailable("Another CalCamel already runs on " + home
                    + ". Stop it, or start this one with another data.dir (DATA_DIR) or a database of its own (CALCAMEL_DB_URL).");
        }
        return channel;
    }

    /** The library marks a folder of binaries when it is complete, and stumbles over one that is not. */
    private static void deleteHalfUnpacked(Path binaries) throws IOException {
        if (Files.exists(binaries)) {
            try (Stream<Path> folders = Files.list(binaries)) {
                for (Path folder : folders.filter(Files::isDirectory).filter(folder -> Files.notExists(folder.resolve(".exists"))).toList()) {
                    FileUtils.deleteDirectory(folder.toFile());
                }
            }
        }
    }

    /** The PostgreSQL that holds the folder; empty where none does. */
    private static Optional<ProcessHandle> holder(Path folder) throws IOException {
        List<String> pidFile;
        try {
            pidFile = Files.readAllLines(folder.resolve("postmaster.pid"));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Optional<ProcessHandle> holder = pidFile.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pidFile.get(0).strip()));
        if (holder.flatMap(process -> process.info().commandLine()).filter(line -> !line.contains("postgres")).isPresent()) {
            // From before a reboot, say: the number is another program's by now, and PostgreSQL would take that for its own.
            Files.deleteIfExists(folder.resolve("postmaster.pid"));
        }
        return holder.filter(process -> isOurs(process, folder));
    }

    /** Ends a PostgreSQL that a killed hub left behind. We own the folder, so no other hub can be using it. */
    private static void endOrphan(Path folder) throws IOException {
        Optional<ProcessHandle> orphan = holder(folder);
        if (orphan.isPresent()) {
            LOG.info("Ending the PostgreSQL (pid {}) that a killed hub left behind", orphan.get().pid());
            interrupt(orphan.get());
            try {
                orphan.get().onExit().get(ORPHAN_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new IOException("PostgreSQL (pid " + orphan.get().pid() + "), left behind by a killed hub, does not end."
                        + " End it by hand and start again.", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("Interrupted while ending a left-behind PostgreSQL", e);
            } catch (ExecutionException e) {
                throw new IOException(e);
            }
        }
    }

    /** Kills whatever still writes into a folder that is to be thrown away. */
    private static void endLeftBehind(Path folder) throws IOException {
        List<ProcessHandle> writers = ProcessHandle.allProcesses().filter(process -> isOurs(process, folder))
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants())).distinct().toList();
        writers.forEach(ProcessHandle::destroyForcibly);
        try {
            for (ProcessHandle writer : writers) {
                writer.onExit().get(ORPHAN_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while ending a left-behind initdb", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("A process that a killed hub left behind does not end; end it by hand and start again.", e);
        }
    }

    private static boolean isOurs(ProcessHandle process, Path folder) {
        return process.info().commandLine().map(line -> line.contains(folder.toString())).orElse(false);
    }

    /** SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients to leave. */
    private static void interrupt(ProcessHandle process) throws IOException {
        try {
            if (new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor() == 0) {
                return;
            }
        } catch (IOException e) {
            LOG.debug("No kill command here: ending PostgreSQL by the operating system's default", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroy();
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres?user=postgres";
    }

    String description() {
        return "embedded PostgreSQL 17, data in " + folder;
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            postgres.close();
            endOrphan(folder);
            lock.close();
        } catch (IOException e) {
            LOG.warn("The embedded PostgreSQL did not stop cleanly; the next start recovers it", e);
        }
    }
}
