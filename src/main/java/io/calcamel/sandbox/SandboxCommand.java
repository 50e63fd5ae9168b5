package io.calcamel.sandbox;

import java.io.IOException;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sandbox}: starts a sandbox and leaves it running. */
@Command(
        name = "sandbox",
        description = "Start a stand-in for Cal.com's API, in memory, until it is interrupted.",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class SandboxCommand implements Callable<Integer> {

    private static final int HIGHEST_PORT = 65_535;
    private static final int MOST_EVENT_TYPES = 10_000;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "${env:SANDBOX_PORT:-8081}", description = "Default: $SANDBOX_PORT, else 8081.")
    private int port;

    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = "The address to listen to. Default: 127.0.0.1.")
    private String host;

    @Option(names = "--api-key", paramLabel = "KEY", defaultValue = Sandbox.DEMO_KEY, description = "Key of the demo account. Default: " + Sandbox.DEMO_KEY + ".")
    private String apiKey;

    @Option(names = "--webhook-url", paramLabel = "URL", description = "Where the demo account's bookings are told. Default: nowhere.")
    private String webhookUrl;

    @Option(names = "--webhook-secret", paramLabel = "SECRET", description = "What those webhooks are signed with. Default: they are not.")
    private String webhookSecret;

    @Option(names = "--requests-per-minute", paramLabel = "N", defaultValue = "120",
            description = "How often each key may call; 0: as often as it likes. Default: 120, as the real one.")
    private int requestsPerMinute;

    @Option(names = "--no-teams", description = "Be like the self-hosted edition, which has no teams.")
    private boolean withoutTeams;

    @Option(names = "--event-types", paramLabel = "N", defaultValue = "0",
            description = "How many plain event types each account but the demo one has; 0: one of every kind. Default: 0.")
    private int eventTypes;

    /**
     * Runs the command.
     *
     * @param args its options
     * @return the exit code: 0, or 1 if the sandbox can't start, or 2 if the options make no sense
     */
    public static int run(String[] args) {
        return new CommandLine(new SandboxCommand()).execute(args);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > HIGHEST_PORT) {
            System.err.println("There is no port " + port + ": use 0 (a free one) to " + HIGHEST_PORT + ".");
            return CommandLine.ExitCode.USAGE;
        }
        if (eventTypes < 0 || eventTypes > MOST_EVENT_TYPES) {
            System.err.println("An account has 0 to " + MOST_EVENT_TYPES + " event types.");
            return CommandLine.ExitCode.USAGE;
        }
        Sandbox.Settings settings = new Sandbox.Settings(host, port, apiKey, webhookUrl, webhookSecret, requestsPerMinute, !withoutTeams, eventTypes);
        try (Sandbox sandbox = Sandbox.start(settings)) {
            Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "sandbox-stop"));
            System.out.println(greeting(sandbox));
            new CountDownLatch(1).await();
            return 0;
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private String greeting(Sandbox sandbox) {
        String root = sandbox.baseUrl().replaceFirst("/v2$", "");
        return """
                The sandbox stands in for Cal.com's API at %1$s, until Ctrl+C. Key: %2$s

                Its event types, and when the first one can be booked:
                  curl -H 'Authorization: Bearer %2$s' -H 'cal-api-version: 2024-06-14' %1$s/event-types
                  curl -H 'cal-api-version: 2024-09-04' '%1$s/slots?eventTypeId=%3$d&start=%5$s&end=%6$s'

                Everything that was booked, and faults on purpose (none: {}):
                  curl %4$s/_sandbox/bookings
                  curl -X PUT -d '{"500": 2, "slow": 1500}' %4$s/_sandbox/faults
                """.formatted(sandbox.baseUrl(), apiKey, Seed.FIRST_EVENT_TYPE, root, LocalDate.now(), LocalDate.now().plusWeeks(1));
    }
}
