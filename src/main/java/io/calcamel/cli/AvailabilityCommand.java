package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.cli.HubCall.Failed;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code availability}: commands about when there is time. */
@Command(
        name = "availability",
        description = "Look at when there is time.",
        commandListHeading = "%nCommands:%n",
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class AvailabilityCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    static CommandLine of(Terminal terminal) {
        return new CommandLine(new AvailabilityCommand()).addSubcommand(new Explain(terminal));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: availability explain --event-type ID --start DAY --end DAY.");
    }

    /** {@code availability explain}: why there are slots, or none. */
    @Command(
            name = "explain",
            description = "Say why an event type has slots on some days, or none.",
            optionListHeading = "%nOptions:%n",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:the hub answered, whether there are slots or not", "1:it did not", "2:the call makes no sense"},
            sortOptions = false,
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Explain implements Callable<Integer> {

        private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

        private final Terminal terminal;

        @Mixin
        private HubCall hub;

        @Option(names = "--event-type", paramLabel = "ID", required = true, description = "Cal.com's id of the event type, such as 2026361.")
        private long eventType;

        @Option(names = "--start", paramLabel = "DAY", required = true, description = "First day, such as 2026-12-01, or a time.")
        private String start;

        @Option(names = "--end", paramLabel = "DAY", description = "Last day, or a time. Default: the first day.")
        private String end;

        @Option(names = "--time-zone", paramLabel = "ZONE", description = "Whose days they are, such as Europe/Berlin. Default: UTC.")
        private String timeZone;

        @Option(names = "--duration", paramLabel = "MINUTES", description = "For event types of several lengths.")
        private Integer duration;

        Explain(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try {
                String path = "/api/availability/explain?eventTypeId=" + eventType + with("start", start) + with("end", end == null ? start : end)
                        + with("timeZone", timeZone) + with("duration", duration);
                print(hub.get(terminal, path, ANSWER_WITHIN), terminal.out());
                return ExitCode.OK;
            } catch (Failed e) {
                terminal.err().println(e.getMessage());
                return e.exitCode();
            }
        }

        private static String with(String name, Object value) {
            return value == null ? "" : "&" + name + "=" + URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
        }

        private static void print(JsonNode explained, PrintStream out) {
            Table steps = new Table();
            for (JsonNode step : explained.path("steps")) {
                steps.row(step.path("ok").asBoolean() ? "ok" : "NO", step.path("step").asText(), step.path("says").asText());
            }
            steps.print(out);
            out.println();
            out.println((explained.path("hasSlots").asBoolean() ? "There are slots. " : "There are none. ") + explained.path("because").asText());
        }
    }
}
