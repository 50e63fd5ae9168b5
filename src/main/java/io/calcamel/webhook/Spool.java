package io.calcamel.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.attention.Matter;
import io.calcamel.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.spi.PollingConsumerPollStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where deliveries are kept while the database can't take them: a folder with a file each, which the routes
 * {@code delivery-spool} and {@code spool-drain} write and read. Bean {@code spool}.
 *
 * <p>A file is a line of JSON that says what the inbox has to know beside the body, then the body's bytes. Its name begins with
 * the time at which the delivery came, so that they are read in that order.
 */
public final class Spool implements PollingConsumerPollStrategy {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final String ENDING = ".delivery";
    /** Then it is worth another try. */
    private static final Duration BROKEN_FOR = Duration.ofSeconds(10);
    private static final Duration COUNT_EVERY = Duration.ofSeconds(10);

    /**
     * @param folder     the folder; on a disk that survives the node
     * @param deliveries how many it holds at most
     * @param bytes      and how many bytes of files
     */
    public record Settings(Path folder, int deliveries, long bytes) {
    }

    private final Settings settings;
    private final BooleanSupplier isInboxCalm;
    private final Consumer<Matter> attention;
    private final AtomicInteger deliveries = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger sequence = new AtomicInteger();
    /** Stored, or never to be, and still there; as many at most as are at hand at the same time. */
    private final Set<Path> undeleted = ConcurrentHashMap.newKeySet();
    private final FileChannel lock;
    private volatile long counted;
    private volatile long brokenAt = System.nanoTime() - BROKEN_FOR.toNanos();

    /**
     * Makes the folder where it is missing, readable for nobody else.
     *
     * @param settings    where, and how much
     * @param isInboxCalm whether the inbox takes deliveries again
     * @param attention   told of deliveries that the inbox refuses for good
     * @throws IOException if the folder can't be used
     */
    Spool(Settings settings, BooleanSupplier isInboxCalm, Consumer<Matter> attention) throws IOException {
        this.settings = settings;
        this.isInboxCalm = isInboxCalm;
        this.attention = attention;
        Files.createDirectories(settings.folder());
        if (Files.getFileStore(settings.folder()).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(settings.folder(), PosixFilePermissions.fromString("rwx------"));
        }
        if (!Files.isWritable(settings.folder())) {
            throw new IOException("it can't be written");
        }
        lock = own();
        deleteHalfWritten();
        count();
    }

    /** Another hub would drain the same files, and delete what this one is writing. */
    private FileChannel own() throws IOException {
        FileChannel channel = FileChannel.open(settings.folder().resolve("hub.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("It is in this process", e);
        }
        channel.close();
        throw new IOException("another CalCamel uses it; each needs its own");
    }

    /** Lets another hub have the folder. */
    void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("The spool's lock goes with the process", e);
        }
    }

    /** What a crash interrupted was not acknowledged. */
    private void deleteHalfWritten() throws IOException {
        try (Stream<Path> files = Files.list(settings.folder())) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith(".") && file.toString().endsWith(ENDING)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Makes the file of a delivery: sets the body, and its name in the variable {@code spoolFile}.
     *
     * @param exchange the delivery, as {@link DeliveryReceive} left it
     * @throws InboxUnavailable where the spool is full
     */
    public void write(Exchange exchange) throws IOException {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        Instant now = Instant.now();
        Instant receivedAt = exchange.getVariable("receivedAt", now, Instant.class);
        ObjectNode head = Json.MAPPER.createObjectNode().put("company", exchange.getVariable("companyId", Integer.class))
                .put("receivedAt", receivedAt.toString()).put("contentType", exchange.getVariable("contentType", String.class))
                .put("webhookVersion", exchange.getVariable("webhookVersion", String.class)).put("bytes", body.length);
        ByteArrayOutputStream file = new ByteArrayOutputStream(body.length + 200);
        file.write(Json.MAPPER.writeValueAsBytes(head));
        file.write('\n');
        file.write(body);
        exchange.setVariable("spoolBytes", file.size());
        boolean isTooMany = deliveries.incrementAndGet() > settings.deliveries();
        boolean isTooMuch = bytes.addAndGet(file.size()) > settings.bytes();
        if (isTooMany || isTooMuch) {
            forget(exchange);
            throw new InboxUnavailable("The database can't take it, and the spool is full.");
        }
        exchange.setVariable("spoolFile", String.format("%015d-%06d-%s%s", now.toEpochMilli(), sequence.updateAndGet(n -> (n + 1) % 1_000_000),
                UUID.randomUUID().toString().substring(0, 8), ENDING));
        exchange.getMessage().setBody(file.toByteArray());
    }

    /**
     * Has the file and its name written to the disk itself, so that it is there after a power failure too. The file component of
     * Camel 4.18.0 has an option {@code forceWrites} for the one, which it does not read.
     *
     * @param exchange the delivery, whose file was written
     */
    public void force(Exchange exchange) throws IOException {
        Path file = settings.folder().resolve(exchange.getVariable("spoolFile", String.class));
        try {
            force(file, StandardOpenOption.WRITE);
            force(settings.folder(), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            LOG.debug("The database was quicker: {} is stored already", file.getFileName());
        }
    }

    private static void force(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }

    /**
     * A file could not be written: what there is of it goes.
     *
     * @param exchange the delivery
     * @throws InboxUnavailable always
     */
    public void giveUp(Exchange exchange) {
        brokenAt = System.nanoTime();
        String file = exchange.getVariable("spoolFile", String.class);
        LOG.error("A delivery could neither be stored nor spooled: {}", Reason.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)));
        forget(exchange);
        for (String name : Arrays.asList(file, "." + file)) {
            try {
                Files.deleteIfExists(settings.folder().resolve(name));
            } catch (IOException e) {
                LOG.warn("A spool file could not be deleted; its sender was told that it was not stored: {}", name);
                undeleted.add(settings.folder().resolve(name));
            }
        }
        throw new InboxUnavailable("The database can't take it, and the spool's disk can't either.");
    }

    /**
     * Reads a file back: the body becomes the delivery's, and the variables those that {@link InboxWriter} expects.
     *
     * @param exchange the file
     * @throws DeliveryRefused where it is none of ours, or not whole
     */
    public void read(Exchange exchange) {
        byte[] file = exchange.getMessage().getBody(byte[].class);
        exchange.setVariable("spoolFile", exchange.getMessage().getHeader(Exchange.FILE_NAME, String.class));
        exchange.setVariable("spoolBytes", file.length);
        exchange.getMessage().removeHeaders("*");
        int end = 0;
        while (end < file.length && file[end] != '\n') {
            end++;
        }
        try {
            JsonNode head = Json.MAPPER.readTree(file, 0, end);
            byte[] body = Arrays.copyOfRange(file, Math.min(end + 1, file.length), file.length);
            if (head == null || body.length != head.path("bytes").asInt(-1)) {
                throw new DeliveryRefused("A file of the spool is not whole.");
            }
            exchange.setVariable("companyId", head.path("company").intValue());
            exchange.setVariable("contentType", head.path("contentType").textValue());
            exchange.setVariable("webhookVersion", head.path("webhookVersion").textValue());
            exchange.setVariable("receivedAt", Instant.parse(head.path("receivedAt").asText()));
            exchange.getMessage().setBody(body);
        } catch (IOException | DateTimeException e) {
            throw new DeliveryRefused("A file of the spool can't be read.");
        }
    }

    /**
     * A delivery has left the spool: its file is deleted. Where that fails, as on a disk that can only be read any more, nothing is
     * drained until it succeeds: the same delivery would come again and again.
     *
     * @param exchange the file
     */
    public void remove(Exchange exchange) {
        forget(exchange);
        Path file = settings.folder().resolve(exchange.getVariable("spoolFile", String.class));
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.error("A spooled delivery is stored, and its file can't be deleted; nothing is drained until it can: {}", file.getFileName());
            undeleted.add(file);
        }
    }

    /** Whether all is deleted that was stored. */
    private boolean isTidy() {
        for (Path file : undeleted) {
            try {
                Files.deleteIfExists(file);
                undeleted.remove(file);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    private void forget(Exchange exchange) {
        deliveries.decrementAndGet();
        bytes.addAndGet(-exchange.getVariable("spoolBytes", 0, Integer.class));
    }

    /** A delivery was set aside, which the inbox will never take. */
    public void setAside(Exchange exchange) {
        remove(exchange);
        String file = exchange.getVariable("spoolFile", String.class);
        attention.accept(Matter.of(Matter.Kind.DEAD_LETTER, exchange.getVariable("companyId", 1, Integer.class), file,
                "The database refuses it; it is kept in the folder 'refused' of the spool"));
    }

    /** How many deliveries wait in the spool. */
    public int size() {
        return Math.max(0, deliveries.get());
    }

    /** Whether it could take another one, as far as it knows. */
    boolean takes() {
        return System.nanoTime() - brokenAt > BROKEN_FOR.toNanos() && deliveries.get() < settings.deliveries() && bytes.get() < settings.bytes();
    }

    /** What is in the folder; somebody may have put files into it, or taken some away. */
    private void count() {
        counted = System.nanoTime();
        try (Stream<Path> files = Files.list(settings.folder())) {
            long[] found = {0, 0};
            files.filter(file -> file.toString().endsWith(ENDING)).forEach(file -> {
                found[0]++;
                found[1] += size(file);
            });
            deliveries.set((int) found[0]);
            bytes.set(found[1]);
        } catch (IOException e) {
            LOG.warn("The spool can't be looked at: {}", Reason.of(e));
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether to look for files now: not while nobody could take them, which would only wear out the disk. */
    @Override
    public boolean begin(org.apache.camel.Consumer consumer, Endpoint endpoint) {
        if (!isInboxCalm.getAsBoolean() || !isTidy()) {
            return false;
        }
        if (deliveries.get() <= 0 || System.nanoTime() - counted > COUNT_EVERY.toNanos()) {
            count();
        }
        return deliveries.get() > 0;
    }

    @Override
    public void commit(org.apache.camel.Consumer consumer, Endpoint endpoint, int polledMessages) {
        // Each file is answered for by its exchange.
    }

    @Override
    public boolean rollback(org.apache.camel.Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
        LOG.warn("The spool can't be read; next try in a moment: {}", Reason.of(cause));
        return false;
    }
}
