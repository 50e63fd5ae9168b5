import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Measures how many signed deliveries a second a running hub takes in, with the inbox's group commit and with one insert
 * and commit a delivery, in turns against the same database.
 *
 * <p>A closed loop: each connection sends its next delivery when the one before is answered. Every answer must be 200,
 * and the inbox must have grown by as many rows as were acknowledged; otherwise the exit code is 1. {@code intake.sh}
 * starts the hub and this.
 */
public final class IntakeBench {

    private static final String SECRET = "demo-webhook-secret";
    private static final String TOKEN = "demo-api-token";

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    /** Longer than the hub itself waits before it gives up on a request. */
    private static final int ANSWER_TIMEOUT_MILLIS = 20_000;

    /** At least so long, since a JVM that still compiles is measured otherwise. */
    private static final int WARM_UP_SECONDS = 15;

    private static final Pattern TOTAL = Pattern.compile("\"total\":(\\d+)");

    private enum Variant {
        GROUP_COMMIT("group commit", "/webhooks/calcom"),
        PLAIN("plain insert", "/bench/plain");

        private final String title;
        private final String path;

        Variant(String title, String path) {
            this.title = title;
            this.path = path;
        }
    }

    /**
     * What one variant did in one round.
     *
     * @param perSecond deliveries acknowledged a second, over the time until the last answer
     * @param latencies of each acknowledged delivery, in nanoseconds, sorted
     * @param refusals  how many got something else, by what they got
     * @param stored    rows that the inbox has more than before
     */
    private record Round(double perSecond, long[] latencies, Map<String, Integer> refusals, long stored) {

        long acknowledged() {
            return latencies.length;
        }

        boolean isSound() {
            return refusals.isEmpty() && stored == acknowledged();
        }
    }

    private final URI hub;
    private final int seconds;
    private final int rounds;
    private final int connections;

    private IntakeBench(URI hub, int seconds, int rounds, int connections) {
        this.hub = hub;
        this.seconds = seconds;
        this.rounds = rounds;
        this.connections = connections;
    }

    /**
     * @param args the hub's URL, seconds a round, rounds, connections, and the folder whose disk the database is on
     * @throws Exception if the hub can't be reached
     */
    public static void main(String[] args) throws Exception {
        if (args.length != 5) {
            System.err.println("Usage: java IntakeBench.java HUB_URL SECONDS_PER_ROUND ROUNDS CONNECTIONS DATABASE_FOLDER");
            System.exit(2);
        }
        say("Machine     %d cores, %s %s, Java %s (%s)", Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"),
                System.getProperty("os.arch"), System.getProperty("java.version"), System.getProperty("java.vm.name"));
        say("Busy        load average %.1f before the run, the start of the hub included",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        say("Disk        %.2f ms to write 8 kB and sync it (median of 200)", syncMillis(Path.of(args[4])));
        IntakeBench bench = new IntakeBench(URI.create(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]),
                Integer.parseInt(args[3]));
        System.exit(bench.run() ? 0 : 1);
    }

    /** @return whether every delivery was acknowledged, and every acknowledged one stored */
    private boolean run() throws Exception {
        say("Load        %d connections, %d bytes a delivery, %d rounds of %d s each after a warm-up of %d s%n",
                connections, SignedRequest.BODY.getBytes(StandardCharsets.UTF_8).length, rounds, seconds, warmUpSeconds());
        Map<Variant, List<Round>> measured = new EnumMap<>(Variant.class);
        Map<Variant, Round> warmUps = new EnumMap<>(Variant.class);
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            for (int n = 0; n <= rounds; n++) {
                for (Variant variant : Variant.values()) {
                    Round round = round(variant, n == 0 ? warmUpSeconds() : seconds, threads);
                    say("%-10s  %-12s  %7.0f deliveries/s%s", n == 0 ? "warm-up" : "round " + n, variant.title, round.perSecond(),
                            round.refusals().isEmpty() ? "" : ", not acknowledged: " + round.refusals());
                    if (n == 0) {
                        warmUps.put(variant, round);
                    } else {
                        measured.computeIfAbsent(variant, v -> new ArrayList<>()).add(round);
                    }
                }
            }
        } finally {
            threads.shutdownNow();
        }
        report(measured);
        return verify(measured, warmUps);
    }

    private int warmUpSeconds() {
        return Math.max(seconds, WARM_UP_SECONDS);
    }

    private Round round(Variant variant, int seconds, ExecutorService threads) throws Exception {
        long storedBefore = storedDeliveries();
        List<Sender> senders = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                senders.add(new Sender(hub, variant.path));
            }
            long start = System.nanoTime();
            long deadline = start + TimeUnit.SECONDS.toNanos(seconds);
            senders.forEach(sender -> sender.deadline = deadline);
            List<long[]> latencies = new ArrayList<>();
            Map<String, Integer> refusals = new TreeMap<>();
            for (Future<long[]> sent : threads.invokeAll(senders)) {
                latencies.add(sent.get());
            }
            double elapsed = (System.nanoTime() - start) / 1e9;
            senders.forEach(sender -> sender.refusals.forEach((what, count) -> refusals.merge(what, count, Integer::sum)));
            long[] all = sorted(latencies);
            return new Round(all.length / elapsed, all, refusals, storedDeliveries() - storedBefore);
        } finally {
            senders.forEach(Sender::close);
        }
    }

    private static void report(Map<Variant, List<Round>> measured) {
        say("%n%-12s  %14s  %17s  %8s  %8s", "variant", "deliveries/s", "slowest..fastest", "p50 ms", "p99 ms");
        measured.forEach((variant, rounds) -> {
            double[] perSecond = rounds.stream().mapToDouble(Round::perSecond).sorted().toArray();
            long[] latencies = sorted(rounds.stream().map(Round::latencies).toList());
            say("%-12s  %14.0f  %17s  %8.1f  %8.1f", variant.title, median(perSecond),
                    String.format(Locale.ROOT, "%.0f..%.0f", perSecond[0], perSecond[perSecond.length - 1]),
                    percentileMillis(latencies, 50), percentileMillis(latencies, 99));
        });
        List<Round> grouped = measured.get(Variant.GROUP_COMMIT);
        List<Round> plain = measured.get(Variant.PLAIN);
        List<Double> byRound = IntStream.range(0, grouped.size())
                .mapToObj(n -> grouped.get(n).perSecond() / plain.get(n).perSecond()).toList();
        say("%n%s : %s = %.2f : 1 (medians); round by round %s, median %.2f%n", Variant.GROUP_COMMIT.title, Variant.PLAIN.title,
                medianPerSecond(grouped) / medianPerSecond(plain),
                byRound.stream().map(ratio -> String.format(Locale.ROOT, "%.2f", ratio)).collect(Collectors.joining(", ")),
                median(byRound.stream().mapToDouble(Double::doubleValue).sorted().toArray()));
    }

    private static boolean verify(Map<Variant, List<Round>> measured, Map<Variant, Round> warmUps) {
        boolean sound = true;
        for (Variant variant : Variant.values()) {
            List<Round> all = new ArrayList<>(measured.get(variant));
            all.add(warmUps.get(variant));
            boolean variantSound = all.stream().allMatch(Round::isSound);
            say("%-12s  %d acknowledged, %d stored (warm-up included): %s", variant.title,
                    all.stream().mapToLong(Round::acknowledged).sum(), all.stream().mapToLong(Round::stored).sum(),
                    variantSound ? "as it must be" : "WRONG");
            sound &= variantSound;
        }
        return sound;
    }

    private long storedDeliveries() throws IOException {
        HttpURLConnection request = (HttpURLConnection) hub.resolve("/api/deliveries?limit=1").toURL().openConnection();
        request.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        request.setReadTimeout(ANSWER_TIMEOUT_MILLIS);
        request.setRequestProperty("Authorization", "Bearer " + TOKEN);
        try (InputStream answer = request.getInputStream()) {
            Matcher total = TOTAL.matcher(new String(answer.readAllBytes(), StandardCharsets.UTF_8));
            if (!total.find()) {
                throw new IOException("The list of deliveries has no total");
            }
            return Long.parseLong(total.group(1));
        }
    }

    /** How long a database that commits one row at a time waits for this disk each time, at best. */
    private static double syncMillis(Path folder) throws IOException {
        Path probe = Files.createTempFile(folder, "sync", null);
        try (FileChannel file = FileChannel.open(probe, StandardOpenOption.WRITE)) {
            double[] millis = new double[200];
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                file.write(ByteBuffer.allocate(8192), i * 8192L);
                file.force(false);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            Arrays.sort(millis);
            return median(millis);
        } finally {
            Files.delete(probe);
        }
    }

    private static long[] sorted(List<long[]> parts) {
        return parts.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    }

    private static double medianPerSecond(List<Round> rounds) {
        return median(rounds.stream().mapToDouble(Round::perSecond).sorted().toArray());
    }

    private static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static double percentileMillis(long[] sorted, int percent) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(sorted.length * percent / 100.0) - 1] / 1e6;
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    /** One connection, kept alive, that sends deliveries until the deadline. The result is the latencies of those acknowledged. */
    private static final class Sender implements Callable<long[]>, AutoCloseable {

        private final Socket socket = new Socket();
        private final InputStream in;
        private final OutputStream out;
        private final SignedRequest request;
        private final byte[] answer = new byte[8192];
        private final Map<String, Integer> refusals = new TreeMap<>();
        private long[] latencies = new long[4096];
        private int acknowledged;
        private long deadline;

        Sender(URI hub, String path) throws IOException, GeneralSecurityException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(hub.getHost(), hub.getPort()), CONNECT_TIMEOUT_MILLIS);
            in = socket.getInputStream();
            out = socket.getOutputStream();
            request = new SignedRequest(hub, path);
        }

        @Override
        public long[] call() {
            try {
                while (System.nanoTime() < deadline) {
                    byte[] next = request.next();
                    long start = System.nanoTime();
                    out.write(next);
                    int status = readStatus();
                    if (status == 200) {
                        acknowledge(System.nanoTime() - start);
                    } else {
                        refusals.merge("status " + status, 1, Integer::sum);
                    }
                }
            } catch (IOException e) {
                // What became of this delivery is not known, and the connection can't carry another.
                refusals.merge(e.toString(), 1, Integer::sum);
            }
            return Arrays.copyOf(latencies, acknowledged);
        }

        private void acknowledge(long latency) {
            if (acknowledged == latencies.length) {
                latencies = Arrays.copyOf(latencies, latencies.length * 2);
            }
            latencies[acknowledged++] = latency;
        }

        /** Reads one answer to its end, so that the next one begins where it should. */
        private int readStatus() throws IOException {
            int length = 0;
            while (length < answer.length) {
                int read = in.read(answer, length, answer.length - length);
                if (read < 0) {
                    throw new EOFException("The hub closed the connection");
                }
                length += read;
                String text = new String(answer, 0, length, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                int headEnd = text.indexOf("\r\n\r\n");
                if (headEnd >= 0 && isWhole(text, headEnd + 4)) {
                    return Integer.parseInt(text.substring("http/1.1 ".length(), "http/1.1 200".length()));
                }
            }
            throw new IOException("The answer is longer than " + answer.length + " bytes");
        }

        private static boolean isWhole(String text, int bodyAt) {
            String lengthField = "\r\ncontent-length: ";
            int lengthAt = text.lastIndexOf(lengthField, bodyAt);
            if (lengthAt < 0) {
                return text.endsWith("\r\n0\r\n\r\n");
            }
            int from = lengthAt + lengthField.length();
            return text.length() - bodyAt >= Integer.parseInt(text.substring(from, text.indexOf('\r', from)));
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                say("A connection was not closed cleanly: %s", e);
            }
        }
    }

    /** A webhook POST whose uid and signature are written anew into the same bytes for each delivery. */
    private static final class SignedRequest {

        private static final String UID = "u".repeat(22);
        private static final String SIGNATURE = "s".repeat(64);

        /** As Cal.com sends it for a 30-minute booking; a uid and a time are filled in. */
        private static final String BODY = """
                {"triggerEvent":"BOOKING_CREATED","createdAt":"%s","payload":{"bookerUrl":"https://cal.example.com",\
                "title":"Kennenlerngespr\u00e4ch 30 min zwischen J\u00fcrgen M\u00fcller und John Doe","startTime":"2027-01-11T10:00:00Z",\
                "endTime":"2027-01-11T10:30:00Z","type":"plain","organizer":{"id":101,"name":"J\u00fcrgen M\u00fcller",\
                "email":"juergen.mueller@example.com","username":"juergen","timeZone":"Europe/Berlin","language":{"locale":"de"},\
                "timeFormat":"HH:mm","utcOffset":60},"attendees":[{"email":"john.doe@example.com","name":"John Doe","firstName":"",\
                "lastName":"","timeZone":"Europe/London","language":{"locale":"en"},"utcOffset":0}],"additionalNotes":"See you there",\
                "description":"Kurzes Gespr\u00e4ch & <b>mehr</b>","eventTypeId":1001,"hideCalendarNotes":false,\
                "hideCalendarEventDetails":false,"hideOrganizerEmail":false,"schedulingType":null,"seatsPerTimeSlot":null,\
                "seatsShowAttendees":true,"seatsShowAvailabilityCount":true,"customReplyToEmail":null,"disableRescheduling":false,\
                "disableCancelling":false,"customInputs":{},"responses":{"name":{"label":"your_name","value":"John Doe",\
                "isHidden":false},"email":{"label":"email_address","value":"john.doe@example.com","isHidden":false},\
                "attendeePhoneNumber":{"label":"phone_number","isHidden":true},"location":{"label":"location",\
                "value":{"value":"K\u00f6nigsallee 1, 40212 D\u00fcsseldorf","optionValue":""},"isHidden":false},\
                "title":{"label":"what_is_this_meeting_about","isHidden":true},"notes":{"label":"additional_notes",\
                "value":"See you there","isHidden":false},"guests":{"label":"additional_guests","isHidden":false},\
                "rescheduleReason":{"label":"reason_for_reschedule","isHidden":false}},"userFieldsResponses":{},\
                "location":"K\u00f6nigsallee 1, 40212 D\u00fcsseldorf","destinationCalendar":null,"iCalUID":"%s@Cal.com",\
                "iCalSequence":0,"requiresConfirmation":false,"oneTimePassword":null,"hashedLink":null,"hideBranding":false,\
                "uid":"%s","eventTitle":"Kennenlerngespr\u00e4ch 30 min","eventDescription":"Kurzes Gespr\u00e4ch & <b>mehr</b>",\
                "price":0,"currency":"eur","length":30,"bookingId":1,"metadata":{},"status":"ACCEPTED"}}\
                """.formatted(Instant.now().truncatedTo(ChronoUnit.MILLIS), UID, UID);

        private static final byte[] UID_LETTERS =
                "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        private static final SplittableRandom SEEDS = new SplittableRandom();

        private final byte[] bytes;
        private final int bodyAt;
        private final int signatureAt;
        private final int[] uidsAt;
        private final Mac mac;
        private final SplittableRandom random;

        SignedRequest(URI hub, String path) throws GeneralSecurityException {
            String head = String.join("\r\n",
                    "POST " + path + " HTTP/1.1",
                    "Host: " + hub.getAuthority(),
                    "Content-Type: application/json",
                    "Content-Length: " + BODY.getBytes(StandardCharsets.UTF_8).length,
                    "X-Cal-Signature-256: " + SIGNATURE,
                    "X-Cal-Webhook-Version: 2021-10-20",
                    "User-Agent: node", "", "");
            bytes = (head + BODY).getBytes(StandardCharsets.UTF_8);
            bodyAt = head.length();
            // One character a byte, so that a place in the text is a place in the bytes.
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            signatureAt = text.indexOf(SIGNATURE);
            uidsAt = new int[] {text.indexOf(UID), text.lastIndexOf(UID)};
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            random = SEEDS.split();
        }

        /** @return the request for a booking that no other delivery is about; the same array each time */
        byte[] next() {
            for (int i = 0; i < UID.length(); i++) {
                byte letter = UID_LETTERS[random.nextInt(UID_LETTERS.length)];
                for (int uidAt : uidsAt) {
                    bytes[uidAt + i] = letter;
                }
            }
            mac.update(bytes, bodyAt, bytes.length - bodyAt);
            byte[] signature = mac.doFinal();
            for (int i = 0; i < signature.length; i++) {
                bytes[signatureAt + 2 * i] = HEX[(signature[i] >> 4) & 0xf];
                bytes[signatureAt + 2 * i + 1] = HEX[signature[i] & 0xf];
            }
            return bytes;
        }
    }
}
