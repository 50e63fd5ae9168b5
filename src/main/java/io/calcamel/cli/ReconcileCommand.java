package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code reconcile}: has the hub compare Cal.com's bookings with the appointments now, and shows the differences. */
@Command(
        name = "reconcile",
        description = "Compare Cal.com's bookings with the appointments, and repair what differs.",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all was compared, and nothing is left that differs",
            "1:not all was compared, or something was listed that a person has to look at",
            "2:nothing was asked for: the call makes no sense"},
        sortOptions = false,
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class ReconcileCommand extends HubCommand {

    private static final Duration ANSWER_WITHIN = Duration.ofMinutes(11);

    @Option(names = "--company", paramLabel = "COMPANY", description = "The company, by id or slug, with the administrator's token where it is set. Default: the token's.")
    private String company;

    @Option(names = "--from", paramLabel = "TIME",
            description = "Only bookings that start then or later: 2026-12-01 (its first instant in UTC) or 2026-12-01T09:00:00+01:00. Default: a week ago.")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Only bookings that start before it. Default: no end.")
    private String to;

    @Option(names = "--dry-run", description = "Say what differs, and change nothing.")
    private boolean dryRun;

    ReconcileCommand(Terminal terminal) {
        super(terminal, new HubCall());
    }

    @Override
    int ask() throws Failed {
        // A company's token is for its own company only.
        if (company != null && (terminal.variable(HubCall.ADMIN_TOKEN).isPresent() || terminal.variable(HubCall.API_TOKEN).isEmpty())) {
            hub.asAdministrator();
        }
        RunProgress progress = RunProgress.ofReconcile(terminal, hub, company);
        try {
            return report(hub.post(terminal, "/api/reconcile", order(), ANSWER_WITHIN));
        } finally {
            progress.end();
        }
    }

    private ObjectNode order() {
        ObjectNode order = JsonNodeFactory.instance.objectNode();
        putIfGiven(order, "company", company);
        putIfGiven(order, "from", from);
        putIfGiven(order, "to", to);
        return order.put("dryRun", dryRun);
    }

    private static void putIfGiven(ObjectNode order, String name, String value) {
        if (value != null) {
            order.put(name, value);
        }
    }

    private int report(JsonNode run) {
        new Table().row("status", run.path("status").asText() + (run.path("dryRun").asBoolean() ? " (dry run: nothing was written)" : ""))
                .row("bookings", run.path("seen").asText())
                .row("missed webhooks", run.path("missedWebhooks").asText())
                .row("unknown here", run.path("unknownHere").asText())
                .row("gone there", run.path("goneThere").asText())
                .row("drift", run.path("drift").asText())
                .row("repaired", run.path("repaired").asText())
                .row("listed", run.path("listed").asText()).print(terminal.out());
        if (!run.path("items").isEmpty()) {
            terminal.out().println();
            items(run).print(terminal.out());
        }
        int told = run.path("items").size();
        int found = run.path("missedWebhooks").asInt() + run.path("unknownHere").asInt() + run.path("goneThere").asInt() + run.path("drift").asInt();
        if (told < found) {
            terminal.err().println(told + " of " + found + " differences are shown.");
        }
        if (run.path("waiting").asInt() > 0) {
            terminal.err().println(run.path("waiting").asText() + " bookings have deliveries on their way, and were left to these.");
        }
        for (JsonNode error : run.path("errors")) {
            terminal.out().println();
            new Table().row(error.path("code").asText() + ": " + error.path("detail").asText(error.path("title").asText()))
                    .row(error.path("hint").asText("")).print(terminal.out());
        }
        boolean isWell = run.path("status").asText().equals("complete") && run.path("listed").asInt() == 0;
        return isWell ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static Table items(JsonNode run) {
        Table table = new Table().row("KIND", "BOOKING", "APPOINTMENT", "ACTION", "DIFFERS", "REASON");
        for (JsonNode item : run.path("items")) {
            table.row(item.path("kind").asText(), item.path("uid").asText(), item.path("appointment").asText("-").replace("null", "-"), item.path("action").asText(),
                    fields(item), item.path("reason").asText());
        }
        return table;
    }

    private static String fields(JsonNode item) {
        List<String> fields = new ArrayList<>();
        for (JsonNode field : item.path("fields")) {
            boolean isShown = field.hasNonNull("here") || field.hasNonNull("calcom");
            fields.add(field.path("name").asText() + (isShown ? " " + value(field, "here") + ">" + value(field, "calcom") : ""));
        }
        return fields.isEmpty() ? "-" : String.join(", ", fields);
    }

    private static String value(JsonNode field, String side) {
        return field.hasNonNull(side) ? field.path(side).asText() : "-";
    }
}
