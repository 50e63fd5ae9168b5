package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.cli.HubCall.Failed;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code company doctor}: what is wrong with a company's connection, and what to do about it. */
@Command(
        name = "doctor",
        description = "Find out what is wrong with a company's connection, and what to do about it.",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is well", "1:something is not, or could not be found out", "2:the call makes no sense"},
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class)
final class CompanyDoctorCommand extends AdministratorCommand {

    @Parameters(index = "0", arity = "0..1", paramLabel = "COMPANY", description = "Its slug or id. Default: default.")
    private String company;

    @Option(names = "--all", description = "Examine every company.")
    private boolean all;

    @Spec
    private CommandSpec spec;

    CompanyDoctorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask() throws Failed {
        if (!all) {
            return examine(company == null ? "default" : company) ? ExitCode.OK : ExitCode.SOFTWARE;
        }
        if (company != null) {
            throw new ParameterException(spec.commandLine(), "Name a company, or say --all.");
        }
        List<String> slugs = new ArrayList<>();
        all(CompanyCommand.PATH, each -> slugs.add(each.path("slug").asText()));
        boolean isWell = true;
        for (String slug : slugs) {
            new Table().row("Company " + slug).print(terminal.out());
            isWell &= examineInTurn(slug);
            terminal.out().println();
        }
        return isWell ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** That one can't be examined says nothing about the next. */
    private boolean examineInTurn(String slug) {
        try {
            return examine(slug);
        } catch (Failed e) {
            terminal.err().println(slug + ": " + e.getMessage());
            return false;
        }
    }

    private boolean examine(String slug) throws Failed {
        JsonNode report = hub.get(terminal, CompanyCommand.path(slug) + "/doctor", ANSWER_WITHIN);
        Steps.print(report.path("findings"), terminal.out());
        return report.path("ok").asBoolean();
    }
}
