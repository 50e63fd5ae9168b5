package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code company connect}: all that is needed for a company, or what of it is missing. */
@Command(
        name = "connect",
        description = {
            "Connect a company with its Cal.com: the key is tried, the company stored, the webhook subscription made or mended, the event types synced, and"
                    + " upcoming bookings taken over.",
            "Done twice, it changes nothing; of a company that is known already the slug is enough."},
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it is connected", "1:a step failed, or all of it was refused", "2:the call makes no sense"},
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class CompanyConnectCommand extends AdministratorCommand {

    private static final Duration CONNECTED_WITHIN = Duration.ofMinutes(11);

    @Option(names = "--slug", paramLabel = "SLUG", required = true,
            description = "The company's name in addresses: small letters, digits and hyphens. It can't be changed later.")
    private String slug;

    @Mixin
    private CompanyOptions options;

    CompanyConnectCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask() throws Failed {
        ObjectNode order = JsonNodeFactory.instance.objectNode().put("slug", slug);
        options.addTo(order, "team", terminal);
        JsonNode report = connect(order);
        Steps.print(report.path("steps"), terminal.out());
        return report.path("ok").asBoolean() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private JsonNode connect(ObjectNode order) throws Failed {
        RunProgress progress = RunProgress.ofSync(terminal, hub, slug);
        try {
            return hub.post(terminal, CompanyCommand.PATH + "/connect", order, CONNECTED_WITHIN);
        } finally {
            progress.end();
        }
    }
}
