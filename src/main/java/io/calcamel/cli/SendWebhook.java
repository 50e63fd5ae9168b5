package io.calcamel.cli;

import io.calcamel.cli.HubClient.Answer;
import io.calcamel.cli.HubClient.NoAnswer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code send-webhook}: does what Cal.com does when something happens, so that a hub can be tried without Cal.com. */
@Command(
        name = "send-webhook",
        description = "Sign a sample delivery as Cal.com does and post it to a running hub.",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the hub answered 200",
            "1:the hub answered otherwise, or not at all",
            "2:nothing was sent: the call makes no sense"},
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class SendWebhook implements Callable<Integer> {

    private static final String DEMO_SECRET = "demo-webhook-secret";
    private static final String DEMO_TOKEN = "demo-api-token";
    private static final String DEFAULT_URL = "http://localhost:8080";

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(3);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

    /** What a decoder leaves in place of bytes that it can't read. */
    private static final char LOST_CHARACTER = '\uFFFD';

    private final Terminal terminal;

    @Parameters(index = "0", arity = "0..1", paramLabel = "TRIGGER",
            description = "What happened, such as BOOKING_CREATED or booking-created; --list shows all.")
    private String trigger;

    @Option(names = "--url", paramLabel = "URL",
            description = "The hub. Default: $CALCAMEL_URL, else " + DEFAULT_URL + ".")
    private String url;

    @Option(names = "--company", paramLabel = "SLUG", description = "The company it is for. Default: the default company.")
    private String company;

    @Option(names = "--secret", paramLabel = "SECRET",
            description = "Secret of the webhook. Default: the first one in $CALCOM_WEBHOOK_SECRET, else the demo secret.")
    private String secret;

    @Option(names = "--uid", paramLabel = "UID", description = "uid of the booking. Default: a new one.")
    private String uid;

    @Option(names = "--reschedule-uid", paramLabel = "UID",
            description = "For BOOKING_RESCHEDULED: uid of the booking that is replaced. Default: a new one.")
    private String rescheduleUid;

    @Option(names = "--start", paramLabel = "INSTANT", converter = ToInstant.class,
            description = "Start of the booking, such as 2030-05-17T10:00:00Z. Default: tomorrow 10:00 UTC; for"
                    + " BOOKING_RESCHEDULED a day later, so that the booking moves.")
    private Instant start;

    @Option(names = "--file", paramLabel = "FILE",
            description = "Post this file's bytes as they are, whatever they are; - is standard input.")
    private Path file;

    @Option(names = "--print", description = "Print the body and send nothing.")
    private boolean print;

    @Option(names = "--list", description = "List the triggers and send nothing.")
    private boolean list;

    SendWebhook(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            if (list) {
                listTriggers(terminal.out());
                return ExitCode.OK;
            }
            byte[] body = file == null ? sample() : bytesOfFile();
            if (print) {
                writeLine(body);
                return ExitCode.OK;
            }
            return send(body);
        } catch (Senseless e) {
            terminal.err().println(e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private static void listTriggers(PrintStream to) {
        int widest = Arrays.stream(Trigger.values()).mapToInt(each -> each.name().length()).max().orElseThrow();
        for (Trigger each : Trigger.values()) {
            to.printf("%-" + widest + "s  %s%n", each, each.meaning());
        }
    }

    private byte[] sample() {
        Trigger what = trigger();
        Instant now = Instant.now();
        return SampleBody.of(what, new SampleBooking(
                given("--uid", uid).orElseGet(BookingUid::fresh),
                given("--reschedule-uid", rescheduleUid).orElseGet(BookingUid::fresh),
                start == null ? SampleBooking.defaultStart(what, now) : start,
                now));
    }

    private Trigger trigger() {
        if (trigger == null) {
            listTriggers(terminal.err());
            throw new Senseless("TRIGGER is missing: name one of these, for example '" + Cli.PROGRAM + " send-webhook BOOKING_CREATED'.");
        }
        return Trigger.named(trigger).orElseThrow(() -> new Senseless("There is no trigger '" + trigger + "'. "
                + Trigger.closestTo(trigger).map(meant -> "Did you mean " + meant + "?").orElse("--list shows all.")));
    }

    private byte[] bytesOfFile() {
        if (Stream.of(trigger, uid, rescheduleUid, start).anyMatch(each -> each != null)) {
            throw new Senseless("--file is posted as it is: leave out TRIGGER, --uid, --reschedule-uid and --start.");
        }
        try {
            return file.equals(Path.of("-")) ? terminal.in().readAllBytes() : Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new Senseless("There is no file " + file + ".");
        } catch (IOException e) {
            throw new Senseless("The file " + file + " can't be read: " + e.getMessage());
        }
    }

    private int send(byte[] body) {
        HubAddress hub = hub();
        URI target = given("--company", company).map(hub::webhooksOf).orElseGet(hub::webhooks);
        Map<String, String> headers = Map.of(
                "Content-Type", "application/json",
                "X-Cal-Webhook-Version", "2021-10-20",
                Signature.HEADER, Signature.of(body, secret()));
        try {
            Answer answer = new HubClient(CONNECT_WITHIN, ANSWER_WITHIN).post(target, headers, body);
            return report(hub, target, body, answer);
        } catch (NoAnswer e) {
            terminal.err().println(switch (e.why()) {
                case ABSENT -> "No hub listens at " + hub + ". Start one with 'mvn compile camel:run' or '" + Cli.PROGRAM
                        + "', or name another with --url.";
                case SILENT -> "The hub at " + hub + " did not answer within " + ANSWER_WITHIN.toSeconds()
                        + " seconds. Whether it has the delivery is not known.";
                case BROKEN -> "The connection to " + hub + " broke (" + e.getMessage() + "). Whether it has the delivery is not known.";
            });
            return ExitCode.SOFTWARE;
        }
    }

    private HubAddress hub() {
        String address = given("--url", url).or(() -> terminal.variable("CALCAMEL_URL")).orElse(DEFAULT_URL);
        return HubAddress.parse(address)
                .orElseThrow(() -> new Senseless("'" + address + "' is no hub's URL; use one like " + DEFAULT_URL + "."));
    }

    private String secret() {
        String chosen = given("--secret", secret)
                .or(() -> terminal.variable("CALCOM_WEBHOOK_SECRET").flatMap(SendWebhook::first))
                .orElse(DEMO_SECRET);
        if (chosen.indexOf(LOST_CHARACTER) >= 0) {
            throw new Senseless("A character of the secret was lost on its way here: use a UTF-8 locale, for example LC_ALL=C.UTF-8.");
        }
        return chosen;
    }

    /** Several are given while they are rotated; a hub takes any of them. */
    private static Optional<String> first(String secrets) {
        return Arrays.stream(secrets.split(",")).map(String::strip).filter(each -> !each.isEmpty()).findFirst();
    }

    /** An empty value is a shell variable that isn't set: using the default in its place would hide that. */
    private static Optional<String> given(String option, String value) {
        if (value != null && value.isBlank()) {
            throw new Senseless(option + " is empty.");
        }
        return Optional.ofNullable(value);
    }

    private int report(HubAddress hub, URI target, byte[] body, Answer answer) {
        boolean accepted = answer.status() == 200;
        Optional<String> booking = BookingUid.in(body);
        PrintStream out = terminal.out();
        out.println("POST " + target);
        out.println("HTTP " + answer.status());
        writeLine(answer.body());
        booking.ifPresent(found -> out.println("uid " + found));
        if (accepted) {
            out.println();
            out.println("See what became of it:");
            booking.ifPresent(found -> out.println("  " + curl(hub.appointment(found))));
            out.println("  " + curl(hub.deliveries()));
        }
        return accepted ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Never with the real token in it: what is on a screen gets copied into tickets. */
    private String curl(URI url) {
        String token = terminal.variable("CALCAMEL_API_TOKEN").isPresent() ? "$CALCAMEL_API_TOKEN" : DEMO_TOKEN;
        return "curl -H \"Authorization: Bearer " + token + "\" '" + url + "'";
    }

    /** Bytes, not text: a terminal that is not UTF-8 must not change a body that goes into a file. */
    private void writeLine(byte[] bytes) {
        terminal.out().write(bytes, 0, bytes.length);
        terminal.out().println();
        terminal.out().flush();
    }

    /** In place of picocli's own, which answers with the name of a Java exception. */
    private static final class ToInstant implements ITypeConverter<Instant> {

        @Override
        public Instant convert(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("'" + text + "' is no time with an offset such as 2030-05-17T10:00:00Z");
            }
        }
    }

    /** The call can't be carried out as it was made; the message is the one line that says why. */
    private static final class Senseless extends RuntimeException {

        Senseless(String message) {
            super(message, null, false, false);
        }
    }
}
