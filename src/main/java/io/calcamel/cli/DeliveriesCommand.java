package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code deliveries}: what came in of a company, and to have it processed again. */
@Command(
        name = "deliveries",
        description = "List the webhooks that came in, and have them processed again.",
        commandListHeading = "%nCommands:%n",
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class DeliveriesCommand implements Callable<Integer> {

    private static final String PATH = "/api/deliveries";

    @Spec
    private CommandSpec spec;

    static CommandLine of(Terminal terminal) {
        return new CommandLine(new DeliveriesCommand()).addSubcommand(new Show(terminal)).addSubcommand(new Replay(terminal));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: deliveries list or deliveries replay.");
    }

    /** Which deliveries. */
    private static final class Filter {

        @Option(names = "--status", paramLabel = "STATUS", description = "pending, applied, ignored, unrecognised, failed or dead.")
        private String status;

        @Option(names = "--trigger", paramLabel = "TRIGGER", description = "The trigger event, such as BOOKING_CREATED.")
        private String trigger;

        @Option(names = "--from", paramLabel = "TIME", description = "Received at or after it: 2026-12-01 (its first instant in UTC) or 2026-12-01T09:00:00+01:00.")
        private String from;

        @Option(names = "--to", paramLabel = "TIME", description = "Received before it.")
        private String to;

        Map<String, String> given() {
            Map<String, String> given = new LinkedHashMap<>();
            add(given, "status", status);
            add(given, "trigger", trigger);
            add(given, "from", from);
            add(given, "to", to);
            return given;
        }

        private static void add(Map<String, String> given, String name, String value) {
            if (value != null) {
                given.put(name, value);
            }
        }

        /** The list of these. */
        String path(int limit) {
            StringBuilder path = new StringBuilder(PATH + "?limit=" + limit);
            given().forEach((name, value) -> path.append('&').append(name).append('=').append(HubAddress.encoded(value)));
            return path.toString();
        }

        /** The list of these, of another status. */
        String counting(String otherStatus) {
            Filter other = new Filter();
            other.status = otherStatus;
            other.trigger = trigger;
            other.from = from;
            other.to = to;
            return other.path(1);
        }
    }

    /** A command about deliveries, with the company's token. */
    private abstract static class OfCompany extends HubCommand {

        @Mixin
        final Filter filter = new Filter();

        OfCompany(Terminal terminal) {
            super(terminal, new HubCall());
        }

        final JsonNode get(String path) throws Failed {
            return hub.get(terminal, path, ANSWER_WITHIN);
        }

        static Table table() {
            return new Table().row("ID", "RECEIVED", "STATUS", "TRIGGER", "BOOKING", "ATTEMPTS", "NEXT", "REASON");
        }

        static void addTo(Table table, JsonNode delivery) {
            table.row(delivery.path("id").asText(), delivery.path("receivedAt").asText(), delivery.path("status").asText(), text(delivery, "trigger"),
                    text(delivery, "bookingUid"), delivery.path("attempts").asText(), text(delivery, "nextAttemptAt"), text(delivery, "reason"));
        }

        private static String text(JsonNode delivery, String field) {
            return delivery.hasNonNull(field) ? delivery.path(field).asText() : "-";
        }
    }

    /** {@code deliveries list}: the newest first. */
    @Command(
            name = "list",
            description = "List the deliveries of the company, the newest first.",
            optionListHeading = "%nOptions:%n",
            sortOptions = false,
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Show extends OfCompany {

        private static final int PAGE = 500;

        @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "How many at most. Default: 50.")
        private int limit;

        Show(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            Table table = table();
            int shown = 0;
            long total = 0;
            for (String next = filter.path(Math.min(limit, PAGE)); next != null && shown < limit;) {
                JsonNode page = get(next);
                total = page.path("total").asLong();
                for (JsonNode delivery : page.path("items")) {
                    if (shown < limit) {
                        addTo(table, delivery);
                        shown++;
                    }
                }
                // Nothing but the next page: this call carries the company's token.
                next = page.path("next").asText("").startsWith(PATH + "?") ? page.path("next").asText() : null;
            }
            table.print(terminal.out());
            if (shown < total) {
                terminal.err().println(shown + " of " + total + "; --limit shows more.");
            }
            return ExitCode.OK;
        }
    }

    /** {@code deliveries replay}: those that are named, or all that match. */
    @Command(
            name = "replay",
            description = "Have deliveries processed again, whatever became of them: to apply one twice changes nothing.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:all are processed, or counted",
                "1:some failed again, or could not be replayed",
                "2:the call makes no sense"},
            sortOptions = false,
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Replay extends OfCompany {

        private static final Duration EVERY = Duration.ofSeconds(1);
        /** Nobody works on them. */
        private static final Duration TOO_QUIET = Duration.ofMinutes(1);

        @Spec
        private CommandSpec spec;

        @Parameters(arity = "0..*", paramLabel = "ID", description = "The deliveries, as 'deliveries list' shows them. Without: all that match the options.")
        private List<Long> ids;

        @Option(names = "--dry-run", description = "Only say how many match.")
        private boolean dryRun;

        Replay(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            boolean isNamed = ids != null && !ids.isEmpty();
            if (isNamed && (dryRun || !filter.given().isEmpty())) {
                throw new ParameterException(spec.commandLine(), "Name deliveries, or say which ones by --status, --trigger, --from and --to: not both.");
            }
            if (!isNamed && filter.given().isEmpty()) {
                throw new ParameterException(spec.commandLine(), "Name deliveries, or say which ones by at least one of --status, --trigger, --from and --to.");
            }
            return isNamed ? replayNamed() : replayMatching();
        }

        private int replayNamed() throws Failed {
            Table table = table();
            boolean isWell = true;
            Map<Long, JsonNode> replayed = new LinkedHashMap<>();
            for (long id : ids) {
                try {
                    replayed.put(id, hub.post(terminal, PATH + "/" + id + "/replay", null, ANSWER_WITHIN));
                } catch (Failed e) {
                    terminal.err().println(id + ": " + e.getMessage());
                    isWell = false;
                }
            }
            isWell &= await(() -> {
                long pending = 0;
                for (Map.Entry<Long, JsonNode> delivery : replayed.entrySet()) {
                    if (isPending(delivery.getValue())) {
                        delivery.setValue(get(PATH + "/" + delivery.getKey()));
                        pending += isPending(delivery.getValue()) ? 1 : 0;
                    }
                }
                return pending;
            });
            replayed.values().forEach(delivery -> addTo(table, delivery));
            if (!replayed.isEmpty()) {
                table.print(terminal.out());
            }
            return isWell && replayed.values().stream().noneMatch(Replay::hasFailed) ? ExitCode.OK : ExitCode.SOFTWARE;
        }

        private static boolean isPending(JsonNode delivery) {
            return delivery.path("status").asText().equals("pending");
        }

        private static boolean hasFailed(JsonNode delivery) {
            return List.of("failed", "dead").contains(delivery.path("status").asText());
        }

        private int replayMatching() throws Failed {
            // Those that fail already, and are not replayed, have not failed again.
            boolean replaysFailed = List.of("", "failed").contains(filter.given().getOrDefault("status", ""));
            long failing = dryRun || replaysFailed ? 0 : count("failed");
            ObjectNode order = JsonNodeFactory.instance.objectNode().put("dryRun", dryRun);
            filter.given().forEach(order::put);
            JsonNode report = hub.post(terminal, PATH + "/replay", order, ANSWER_WITHIN);
            long matching = report.path("matching").asLong();
            long replayed = report.path("replayed").asLong();
            while (report.path("next").isIntegralNumber()) {
                terminal.err().println(replayed + " of " + matching + " are pending again");
                report = hub.post(terminal, PATH + "/replay", order.put("after", report.path("next").longValue()), ANSWER_WITHIN);
                replayed += report.path("replayed").asLong();
            }
            Table table = new Table().row("matching", matching).row("replayed", dryRun ? "0 (dry run)" : replayed);
            boolean isWell = dryRun || replayed == 0 || await(() -> count("pending"));
            long failed = dryRun || replayed == 0 ? 0 : Math.max(0, count("failed") - failing);
            if (failed > 0) {
                table.row("failed", failed + ", see 'deliveries list --status failed'");
            }
            table.print(terminal.out());
            return isWell && failed == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        }

        private long count(String status) throws Failed {
            return get(filter.counting(status)).path("total").asLong();
        }

        /** How many are not processed yet. */
        private interface Pending {

            long count() throws Failed;
        }

        /** Says how many are left, until none is; false where nobody works on them. */
        private boolean await(Pending pending) throws Failed {
            long fewest = Long.MAX_VALUE;
            Instant last = Instant.now();
            try {
                for (long left = pending.count(); left > 0; left = pending.count()) {
                    terminal.err().println(left + " to be processed");
                    if (left < fewest) {
                        fewest = left;
                        last = Instant.now();
                    } else if (last.plus(TOO_QUIET).isBefore(Instant.now())) {
                        terminal.err().println("None was processed for a minute. They stay pending; does a hub run with inbox.worker.enabled?");
                        return false;
                    }
                    TimeUnit.MILLISECONDS.sleep(EVERY.toMillis());
                }
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
