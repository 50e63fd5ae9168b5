package io.calcamel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which module may know which, and which owns which table. */
@AnalyzeClasses(packages = "io.calcamel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule MODULES_HAVE_NO_CIRCLES = slices().matching("io.calcamel.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_COMMAND_LINE_IS_AN_HTTP_CLIENT = noClasses().that().resideInAPackage("io.calcamel.cli..")
            .should().dependOnClassesThat(DescribedPredicate.describe("of the hub",
                    type -> type.getPackageName().startsWith("io.calcamel") && !type.getPackageName().startsWith("io.calcamel.cli")));

    @ArchTest
    static final ArchRule APPOINTMENTS_MEET_WEBHOOKS_IN_ROUTES_ONLY = noClasses().that().resideInAPackage("io.calcamel.appointment..")
            .should().dependOnClassesThat().resideInAnyPackage("io.calcamel.webhook..", "io.calcamel.company..");

    @ArchTest
    static final ArchRule WEBHOOKS_DO_NOT_KNOW_APPOINTMENTS = noClasses().that().resideInAPackage("io.calcamel.webhook..")
            .should().dependOnClassesThat().resideInAPackage("io.calcamel.appointment..");

    @ArchTest
    static final ArchRule HTTP_AND_DATABASE_ARE_THE_GROUND = noClasses().that().resideInAnyPackage("io.calcamel.http..", "io.calcamel.database..")
            .should().dependOnClassesThat().resideInAnyPackage("io.calcamel.webhook..", "io.calcamel.appointment..", "io.calcamel.company..",
                    "io.calcamel.cli..");

    @ArchTest
    static final ArchRule ONLY_THE_ROOT_PUTS_MODULES_TOGETHER = classes().that().resideInAPackage("io.calcamel")
            .should().onlyBeAccessed().byAnyPackage("io.calcamel");

    @ArchTest
    static final ArchRule EVENT_TYPES_KNOW_CALCOM_AND_THE_GROUND_ONLY = noClasses().that().resideInAPackage("io.calcamel.eventtype..")
            .should().dependOnClassesThat().resideInAnyPackage("io.calcamel.webhook..", "io.calcamel.appointment..", "io.calcamel.company..");

    @ArchTest
    static final ArchRule NOTHING_BELOW_KNOWS_WHO_BOOKS = noClasses().that().resideInAnyPackage("io.calcamel.calcom..", "io.calcamel.appointment..",
            "io.calcamel.availability..", "io.calcamel.eventtype..", "io.calcamel.company..").should().dependOnClassesThat().resideInAPackage("io.calcamel.booking..");

    private static final Map<String, String> OWNERS = Map.ofEntries(Map.entry("delivery", "webhook"), Map.entry("appointment", "appointment"),
            Map.entry("booking", "appointment"), Map.entry("company", "company"), Map.entry("webhook_secret", "company"), Map.entry("api_token", "company"),
            Map.entry("branch", "company"), Map.entry("event_type", "eventtype"), Map.entry("branch_event_type", "eventtype"),
            Map.entry("sync_run", "eventtype"), Map.entry("event_type_schedule", "eventtype"), Map.entry("booking_intent", "booking"),
            Map.entry("reconcile_run", "reconcile"), Map.entry("reconcile_schedule", "reconcile"));

    /** The folders of routes that write SQL, and whose module they are. */
    private static final Map<String, String> ROUTES = Map.of("event-types", "eventtype");

    @Test
    void oneModuleWritesEachTable() throws IOException {
        Pattern write = Pattern.compile("(?:INSERT INTO|UPDATE|DELETE FROM)\\s+("
                + String.join("|", OWNERS.keySet()) + ")\\b");
        Set<String> writers = new TreeSet<>();
        try (Stream<Path> java = Files.walk(Path.of("src/main/java")); Stream<Path> routes = Files.walk(Path.of("routes"))) {
            List<Path> sources = Stream.concat(java.filter(file -> file.toString().endsWith(".java")), routes.filter(Files::isRegularFile)).toList();
            for (Path source : sources) {
                var found = write.matcher(Files.readString(source));
                while (found.find()) {
                    String folder = source.getParent().getFileName().toString();
                    String module = source.startsWith("routes") ? ROUTES.get(folder) : folder;
                    assertThat(module).as(source + " writes " + found.group(1)).isEqualTo(OWNERS.get(found.group(1)));
                    writers.add(found.group(1));
                }
            }
        }
        assertThat(writers).contains("delivery", "appointment", "booking", "event_type", "sync_run", "booking_intent", "api_token", "company", "webhook_secret");
    }
}
