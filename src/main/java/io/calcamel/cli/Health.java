package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.cli.HubCall.Failed;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code health}: how Cal.com is, as the hub sees it. */
@Command(
        name = "health",
        description = "Say how Cal.com is, as the hub sees it.",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Cal.com answers", "1:it does not, or the hub does not", "2:the call makes no sense"},
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class Health implements Callable<Integer> {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

    private final Terminal terminal;

    @Mixin
    private HubCall hub;

    Health(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            JsonNode health = hub.get(terminal, "/api/calcom/health", ANSWER_WITHIN);
            print(health, terminal.out());
            return health.path("operational").asBoolean() ? ExitCode.OK : ExitCode.SOFTWARE;
        } catch (Failed e) {
            terminal.err().println(e.getMessage());
            return e.exitCode();
        }
    }

    private static void print(JsonNode health, PrintStream out) {
        JsonNode budget = health.path("rateLimit");
        new Table()
                .row("operational", health.path("operational").asBoolean() ? "yes" : "NO")
                .row("answered in", health.path("latencyMs").asText() + " ms")
                .row("server", health.path("server").asText() + ", API " + health.path("apiVersion").asText())
                .row("breaker", health.path("breaker").asText())
                .row("calls left", budget.path("remaining").asText() + " of " + budget.path("perMinute").asText() + " a minute"
                        + (budget.path("waitMs").asLong() > 0 ? ", the next one in " + budget.path("waitMs").asText() + " ms" : ""))
                .print(out);
        JsonNode error = health.path("error");
        if (error.isObject()) {
            out.println();
            out.println(error.path("title").asText() + ". " + error.path("detail").asText("") + "\n" + error.path("hint").asText(""));
        }
    }
}
