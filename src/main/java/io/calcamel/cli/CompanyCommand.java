package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.cli.HubCall.Failed;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code company}: the companies of a hub, and how each reaches its Cal.com. */
@Command(
        name = "company",
        description = "Connect companies with their Cal.com, and see to the connection.",
        commandListHeading = "%nCommands:%n",
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class CompanyCommand implements Callable<Integer> {

    static final String PATH = "/api/companies";

    @Spec
    private CommandSpec spec;

    static CommandLine of(Terminal terminal) {
        return new CommandLine(new CompanyCommand()).addSubcommand(new CompanyConnectCommand(terminal)).addSubcommand(new CompanyDoctorCommand(terminal))
                .addSubcommand(new Listing(terminal)).addSubcommand(new Show(terminal)).addSubcommand(new Update(terminal))
                .addSubcommand(new RotateSecret(terminal)).addSubcommand(new RetireSecret(terminal));
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(),
                "Say what to do: company connect, doctor, list, show, update, rotate-secret or retire-secret.");
    }

    /** The path of one company. */
    static String path(String company) {
        return PATH + "/" + HubAddress.encoded(company);
    }

    /** {@code company list}: all of them, page by page. */
    @Command(
            name = "list",
            description = "List the companies.",
            optionListHeading = "%nOptions:%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Listing extends AdministratorCommand {

        Listing(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            Table table = new Table().row("ID", "SLUG", "NAME", "KEY", "SERVER", "TEAM", "LAST WEBHOOK");
            all(PATH, company -> table.row(company.path("id").asText(), company.path("slug").asText(), company.path("name").asText(),
                    company.path("hasApiKey").asBoolean() ? "yes" : "no", company.path("baseUrl").asText(), text(company, "teamSlug", "all"), lastSigned(company)));
            table.print(terminal.out());
            return ExitCode.OK;
        }

        private static String lastSigned(JsonNode company) {
            return StreamSupport.stream(company.path("webhookSecrets").spliterator(), false).map(secret -> text(secret, "lastSignedAt", ""))
                    .max(String::compareTo).filter(time -> !time.isEmpty()).orElse("never");
        }
    }

    /** {@code company show}. */
    @Command(
            name = "show",
            description = "Show a company.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Show extends AdministratorCommand {

        @Parameters(index = "0", paramLabel = "COMPANY", description = "Its slug or id.")
        private String company;

        Show(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            print(hub.get(terminal, path(company), ANSWER_WITHIN), terminal.out());
            return ExitCode.OK;
        }
    }

    /** {@code company update}: what is not named stays. */
    @Command(
            name = "update",
            description = "Change what is known of a company. Cal.com is not asked: 'company doctor' tells whether it works, 'company connect' sees to the rest.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class Update extends AdministratorCommand {

        private static final Map<String, String> REMOVABLE = Map.of("api-key", "apiKey", "base-url", "baseUrl", "team", "teamSlug", "team-id", "teamId",
                "organization", "organizationId", "time-zone", "timeZone", "language", "language", "api-version", "apiVersion");

        @Parameters(index = "0", paramLabel = "COMPANY", description = "Its slug or id.")
        private String company;

        @Mixin
        private CompanyOptions options;

        @Option(names = "--team-id", paramLabel = "ID", description = "Id of that team; without it the next sync finds it out.")
        private Long teamId;

        @Option(names = "--without", paramLabel = "FIELD", split = ",",
                description = "What is to be taken away, by the names of these options: --without team,time-zone.")
        private List<String> without = new ArrayList<>();

        @Spec
        private CommandSpec spec;

        Update(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            ObjectNode changes = JsonNodeFactory.instance.objectNode();
            options.addTo(changes, "teamSlug", terminal);
            if (teamId != null) {
                changes.put("teamId", teamId);
            }
            without.forEach(name -> takeAway(changes, name.strip()));
            if (changes.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "Say what to change, such as --name.");
            }
            print(hub.patch(terminal, path(company), changes, ANSWER_WITHIN), terminal.out());
            return ExitCode.OK;
        }

        private void takeAway(ObjectNode changes, String name) {
            String field = REMOVABLE.get(name);
            if (field == null) {
                throw new ParameterException(spec.commandLine(), "--without '" + name + "' can't be: it takes "
                        + REMOVABLE.keySet().stream().sorted().collect(Collectors.joining(", ")) + ".");
            }
            if (changes.has(field)) {
                throw new ParameterException(spec.commandLine(), "--" + name + " is to be set and to be taken away.");
            }
            changes.putNull(field);
        }
    }

    /** {@code company rotate-secret}: here and at Cal.com. */
    @Command(
            name = "rotate-secret",
            description = "Give a company another webhook secret, and Cal.com too. The one before stays good until the next that Cal.com signs with, or until it is retired.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class RotateSecret extends AdministratorCommand {

        @Parameters(index = "0", paramLabel = "COMPANY", description = "Its slug or id.")
        private String company;

        @Option(names = "--secret", paramLabel = "SECRET",
                description = "The new secret, for a webhook that somebody made by hand. '-' reads it from standard input. Default: the hub makes one.")
        private String secret;

        RotateSecret(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            ObjectNode order = JsonNodeFactory.instance.objectNode();
            String given = CompanyOptions.secret(secret, "webhook secret", terminal);
            if (given != null) {
                order.put("secret", given);
            }
            JsonNode report = hub.post(terminal, path(company) + "/webhook-secrets", order, ANSWER_WITHIN);
            Steps.print(report.path("steps"), terminal.out());
            return report.path("ok").asBoolean() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    /** {@code company retire-secret}: what it signs is refused from then on. */
    @Command(
            name = "retire-secret",
            description = "Let go of a webhook secret of a company: what it signs is refused.",
            optionListHeading = "%nOptions:%n",
            parameterListHeading = "%n",
            mixinStandardHelpOptions = true,
            versionProvider = Cli.Version.class)
    static final class RetireSecret extends AdministratorCommand {

        @Parameters(index = "0", paramLabel = "COMPANY", description = "Its slug or id.")
        private String company;

        @Parameters(index = "1", paramLabel = "FINGERPRINT", description = "Which secret, as 'company show' names it.")
        private String fingerprint;

        RetireSecret(Terminal terminal) {
            super(terminal);
        }

        @Override
        int ask() throws Failed {
            print(hub.delete(terminal, path(company) + "/webhook-secrets/" + HubAddress.encoded(fingerprint), ANSWER_WITHIN), terminal.out());
            return ExitCode.OK;
        }
    }

    private static void print(JsonNode company, PrintStream to) {
        Table table = new Table()
                .row("id", company.path("id").asText())
                .row("slug", company.path("slug").asText())
                .row("name", company.path("name").asText())
                .row("set by", company.path("setBy").asText().equals("environment") ? "the environment, where it is about Cal.com" : "this API")
                .row("API key", company.path("hasApiKey").asBoolean() ? "yes" : "no")
                .row("server", company.path("baseUrl").asText() + ", API " + company.path("apiVersion").asText())
                .row("team", text(company, "teamSlug", company.hasNonNull("teamId") ? "" : "all") + (company.hasNonNull("teamId") ? " (" + company.path("teamId").asText() + ")" : ""))
                .row("organization", text(company, "organizationId", "none"))
                .row("time zone", text(company, "timeZone", "not said"))
                .row("language", text(company, "language", "not said"))
                .row("created", company.path("createdAt").asText())
                .row("changed", company.path("updatedAt").asText());
        for (JsonNode secret : company.path("webhookSecrets")) {
            table.row("secret", secret.path("fingerprint").asText() + (secret.hasNonNull("lastSignedAt")
                    ? ", signed last at " + secret.path("lastSignedAt").asText() : ", has not signed yet"));
        }
        table.print(to);
    }

    private static String text(JsonNode json, String field, String otherwise) {
        return json.hasNonNull(field) ? json.path(field).asText() : otherwise;
    }
}
