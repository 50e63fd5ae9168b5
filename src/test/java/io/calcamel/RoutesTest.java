package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The rules that keep {@code routes/} readable, and safe to reload. */
class RoutesTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    /** The one choice over all trigger events. */
    private static final String MAY_BE_LONG = "delivery-dispatch";

    static Stream<Path> routeFiles() throws IOException {
        return Files.walk(Path.of("routes")).filter(file -> file.toString().endsWith(".camel.yaml")).sorted();
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void aRouteFileHoldsOneDescribedRouteOfItsName(Path file) throws IOException {
        List<Map<String, Object>> entries = load(file);
        assertThat(entries).as("4.18.0 drops every route when a file of several is reloaded").hasSize(1);
        assertThat(Files.readAllLines(file)).as("editors drop YAML comments").noneMatch(line -> line.strip().startsWith("#"));
        String name = file.getFileName().toString().replace(".camel.yaml", "");
        assertThat(name).matches("[a-z0-9]+(-[a-z0-9]+)*");
        if (entries.get(0).containsKey("route")) {
            Map<?, ?> route = (Map<?, ?>) entries.get(0).get("route");
            assertThat(route.get("id")).isEqualTo(name);
            assertThat((String) route.get("description")).hasSizeGreaterThan(20);
            assertThat(route.get("routeConfigurationId")).as("a callee's own configuration decides").isIn("http-errors", "delivery-errors",
                    "calcom-errors", "calcom-read-errors", "job-errors", "attention-errors", "spool-errors");
            if (!name.equals(MAY_BE_LONG)) {
                assertThat(steps(route)).isBetween(1, 12);
                assertThat(Files.readAllLines(file)).hasSizeLessThan(60);
            }
        } else {
            assertThat(((Map<?, ?>) entries.get(0).get("routeConfiguration")).get("id")).isEqualTo(name);
        }
    }

    @Test
    void everyRouteOfTheFolderIsRunning() throws IOException {
        Set<String> inFolder = new TreeSet<>();
        routeFiles().filter(file -> load(file).get(0).containsKey("route")).forEach(file -> inFolder.add(file.getFileName().toString().replace(".camel.yaml", "")));
        Set<String> running = new TreeSet<>();
        HUB.hub().context().getRoutes().forEach(route -> running.add(route.getRouteId()));
        assertThat(running).isEqualTo(inFolder);
        assertThat(running).allMatch(id -> HUB.hub().context().getRouteController().getRouteStatus(id).isStarted());
    }

    @Test
    void everyDirectEndpointThatIsCalledIsARoute() throws IOException {
        Set<String> called = new TreeSet<>();
        Set<String> routes = new TreeSet<>();
        routeFiles().forEach(file -> {
            collectDirect(load(file), called);
            routes.add(file.getFileName().toString().replace(".camel.yaml", ""));
        });
        assertThat(routes).containsAll(called);
    }

    @Test
    void everyPublicRouteBeginsWithTheStepThatDropsHeaders() {
        routeFilesOrFail().forEach(file -> {
            Object route = load(file).get(0).get("route");
            if (route instanceof Map<?, ?> map && String.valueOf(((Map<?, ?>) map.get("from")).get("uri")).equals("platform-http")) {
                Map<?, ?> first = (Map<?, ?>) ((List<?>) ((Map<?, ?>) map.get("from")).get("steps")).get(0);
                assertThat(first.toString()).as(file.toString()).isIn("{process={ref=apiCall}}", "{process={ref=adminCall}}", "{process={ref=apiOrAdminCall}}",
                        "{process={ref=openApi}}", "{to={uri=direct, parameters={name=delivery-accept}}}");
            }
        });
    }

    @Test
    void theMedianRouteHasAtMostThreeSteps() {
        List<Integer> steps = new ArrayList<>();
        routeFilesOrFail().forEach(file -> {
            if (load(file).get(0).get("route") instanceof Map<?, ?> route) {
                steps.add(steps(route));
            }
        });
        steps.sort(null);
        assertThat(steps.get(steps.size() / 2)).isLessThanOrEqualTo(3);
    }

    private static Stream<Path> routeFilesOrFail() {
        try {
            return routeFiles();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int steps(Object node) {
        int count = 0;
        if (node instanceof Map<?, ?> map) {
            if (map.get("steps") instanceof List<?> steps) {
                count += steps.size();
            }
            for (Object value : map.values()) {
                count += steps(value);
            }
        } else if (node instanceof List<?> list) {
            for (Object item : list) {
                count += steps(item);
            }
        }
        return count;
    }

    private static void collectDirect(Object node, Set<String> called) {
        if (node instanceof Map<?, ?> map) {
            if ("direct".equals(map.get("uri")) && map.get("parameters") instanceof Map<?, ?> parameters) {
                called.add(String.valueOf(parameters.get("name")));
            }
            map.values().forEach(value -> collectDirect(value, called));
        } else if (node instanceof List<?> list) {
            list.forEach(item -> collectDirect(item, called));
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> load(Path file) {
        try {
            return (List<Map<String, Object>>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
