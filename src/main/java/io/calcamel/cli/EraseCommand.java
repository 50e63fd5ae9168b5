package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code erase}: what is stored of a person goes, by address or number. */
@Command(
        name = "erase",
        description = "Erase a person's data: all that is stored of them goes, what was agreed and when stays. It can't be undone.",
        optionListHeading = "%nOptions:%n",
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class EraseCommand extends HubCommand {

    /** As long as the hub lets it take by default. */
    private static final Duration ANSWER_WITHIN = Duration.ofMinutes(10);
    private static final List<String> COUNTS = List.of("appointments", "bookings", "deliveries", "intents");

    @ArgGroup(multiplicity = "1")
    private Person person;

    @Option(names = "--company", paramLabel = "COMPANY", description = "The company, by id or slug, with the administrator's token where it is set. Default: the token's.")
    private String company;

    @Option(names = "--dry-run", description = "Say what there is, and erase nothing.")
    private boolean dryRun;

    /** Who. */
    static final class Person {

        @Option(names = "--email", paramLabel = "ADDRESS", required = true, description = "By e-mail address; upper and lower case are the same.")
        private String email;

        @Option(names = "--phone", paramLabel = "NUMBER", required = true, description = "By phone number with its country, however it is written.")
        private String phone;
    }

    EraseCommand(Terminal terminal) {
        super(terminal, new HubCall());
    }

    @Override
    int ask() throws Failed {
        if (company != null && (terminal.variable(HubCall.ADMIN_TOKEN).isPresent() || terminal.variable(HubCall.API_TOKEN).isEmpty())) {
            hub.asAdministrator();
        }
        ObjectNode order = JsonNodeFactory.instance.objectNode().put("dryRun", dryRun);
        order.put(person.email == null ? "phoneNumber" : "email", person.email == null ? person.phone : person.email);
        if (company != null) {
            order.put("company", company);
        }
        JsonNode report = hub.post(terminal, "/api/erasures", order, ANSWER_WITHIN);
        Table table = new Table();
        COUNTS.forEach(what -> table.row(what, report.path(what).asText()));
        table.print(terminal.out());
        int open = report.path("open").asInt();
        if (open > 0) {
            terminal.err().println(open + " still to be booked, and left as they are. Cancel them, and erase again.");
        }
        return open > 0 && !dryRun ? ExitCode.SOFTWARE : ExitCode.OK;
    }
}
