package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sync-event-types}: has the hub sync event types now, and says what came of it. */
@Command(
        name = "sync-event-types",
        description = "Sync event types with Cal.com now.",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything is synced",
            "1:not everything: see the status and the errors",
            "2:nothing was asked for: the call makes no sense"},
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class SyncEventTypes implements Callable<Integer> {

    private static final Duration ANSWER_WITHIN = Duration.ofMinutes(11);
    private static final List<String> COUNTS = List.of("seen", "created", "updated", "unchanged", "missing", "deactivated");

    private final Terminal terminal;

    @Mixin
    private HubCall hub;

    @Option(names = "--company", paramLabel = "COMPANY", description = "The company, by id or slug, with the administrator's token where it is set. Default: the token's.")
    private String company;

    @Option(names = "--branch", paramLabel = "BRANCH", description = "Only the event types of this branch, by id or slug.")
    private String branch;

    @Option(names = "--ids", paramLabel = "ID", split = ",", description = "Only these event types, by Cal.com's ids: 1,2,3.")
    private List<Long> ids;

    @Option(names = "--force", description = "Count event types as missing although they are too many at once.")
    private boolean force;

    @Option(names = "--dry-run", description = "Say what a sync would do, and write nothing.")
    private boolean dryRun;

    SyncEventTypes(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        // A company's token is for its own company only.
        if (company != null && (terminal.variable(HubCall.ADMIN_TOKEN).isPresent() || terminal.variable(HubCall.API_TOKEN).isEmpty())) {
            hub.asAdministrator();
        }
        try {
            return report(sync());
        } catch (Failed e) {
            terminal.err().println(e.getMessage());
            return e.exitCode();
        }
    }

    private JsonNode sync() throws Failed {
        RunProgress progress = RunProgress.ofSync(terminal, hub, company);
        try {
            return hub.post(terminal, "/api/event-types/sync", order(), ANSWER_WITHIN);
        } finally {
            progress.end();
        }
    }

    private ObjectNode order() {
        ObjectNode order = JsonNodeFactory.instance.objectNode();
        if (company != null) {
            order.put("company", company);
        }
        if (branch != null) {
            order.put("branch", branch);
        }
        if (ids != null) {
            ids.forEach(order.withArray("ids")::add);
        }
        return order.put("force", force).put("dryRun", dryRun);
    }

    private int report(JsonNode run) {
        boolean isComplete = run.path("status").asText().equals("complete");
        Table table = new Table().row("status", run.path("status").asText() + (run.path("dryRun").asBoolean() ? " (dry run: nothing was written)" : ""));
        COUNTS.forEach(count -> table.row(count, run.path(count).asText()));
        table.print(terminal.out());
        for (JsonNode error : run.path("errors")) {
            terminal.out().println();
            new Table().row(about(error) + error.path("code").asText() + ": " + error.path("detail").asText(error.path("title").asText()))
                    .row(error.path("hint").asText("")).print(terminal.out());
        }
        return isComplete ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static String about(JsonNode error) {
        if (error.has("eventTypeId")) {
            return "event type " + error.path("eventTypeId").asText() + ", ";
        }
        return switch (error.path("list").asText()) {
            case "personal" -> "personal event types, ";
            case "team" -> "event types of team " + error.path("teamId").asText() + ", ";
            case "teams" -> "teams, ";
            default -> "";
        };
    }
}
