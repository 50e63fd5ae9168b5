package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.cli.HubCall.Failed;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code event-type}: commands about one event type. */
@Command(
        name = "event-type",
        description = "Look at an event type.",
        commandListHeading = "%nCommands:%n",
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class EventTypeCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    static CommandLine of(Terminal terminal) {
        return new CommandLine(new EventTypeCommand()).addSubcommand(new Show(terminal));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Say what to do: event-type show ID.");
    }

    /** {@code event-type show}: whether it can be booked, and if not, why. */
    @Command(
            name = "show",
            description = "Show an event type: active, bookable and why not, last sync, booking fields, recent errors.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Show implements Callable<Integer> {

        private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

        private final Terminal terminal;

        @Mixin
        private HubCall hub;

        @Parameters(index = "0", paramLabel = "ID", description = "Cal.com's id of the event type, such as 2026361.")
        private long id;

        Show(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            try {
                show(hub.get(terminal, "/api/event-types/" + id, ANSWER_WITHIN), terminal.out());
                return ExitCode.OK;
            } catch (Failed e) {
                terminal.err().println(e.getMessage());
                return e.exitCode();
            }
        }

        private static void show(JsonNode type, PrintStream out) {
            new Table()
                    .row("id", type.path("id").asText())
                    .row("title", type.path("title").asText())
                    .row("slug", type.path("slug").asText())
                    .row("length", type.path("length").asText() + " min")
                    .row("of", type.hasNonNull("teamId") ? "team " + type.path("teamId").asText() : "the account")
                    .row("active", yesOrNo(type.path("isActive")) + missing(type))
                    .row("bookable", yesOrNo(type.path("isBookable")) + whyNot(type))
                    .row("confirmation", type.path("requiresConfirmation").asBoolean() ? "by the host" : "not needed")
                    .row("last sync", type.path("lastSyncedAt").asText())
                    .row("last change", type.path("changedAt").asText())
                    .row("branches", type.path("branches").isEmpty() ? "none" : String.join(", ", texts(type.path("branches"))))
                    .print(out);
            out.println();
            Table fields = new Table().row("FIELD", "TYPE", "REQUIRED", "LABEL");
            for (JsonNode field : type.path("bookingFields")) {
                fields.row(field.path("slug").asText() + (field.path("hidden").asBoolean() ? " (hidden)" : ""), field.path("type").asText(),
                        yesOrNo(field.path("required")), field.path("label").asText("")
                                + (field.path("options").isArray() ? " [" + String.join(", ", texts(field.path("options"))) + "]" : ""));
            }
            fields.print(out);
            out.println();
            Table errors = new Table();
            for (JsonNode error : type.path("recentErrors")) {
                errors.row(error.path("at").asText(), error.path("code").asText(), error.path("detail").asText(error.path("title").asText()));
            }
            out.println(type.path("recentErrors").isEmpty() ? "No recent errors." : "Recent errors:");
            errors.print(out);
        }

        private static String missing(JsonNode type) {
            return type.path("isActive").asBoolean() && type.path("missingInSyncs").asInt() > 0
                    ? ", but the last complete sync did not find it: one more, and it is deactivated" : "";
        }

        private static String whyNot(JsonNode type) {
            return switch (type.path("notBookableBecause").asText("")) {
                case "inactive" -> ": Cal.com no longer has it";
                case "managed_parent" -> ": a managed event type is booked by its children, which have ids of their own";
                case "null", "" -> "";
                default -> ": " + type.path("notBookableBecause").asText();
            };
        }

        private static String yesOrNo(JsonNode flag) {
            return flag.asBoolean() ? "yes" : "no";
        }

        private static List<String> texts(JsonNode array) {
            List<String> texts = new ArrayList<>();
            array.forEach(item -> texts.add(item.asText()));
            return texts;
        }
    }
}
