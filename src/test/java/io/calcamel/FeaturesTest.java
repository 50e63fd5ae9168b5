package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.calcamel.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command of docs/features.md, in one shell against one hub that was just started, and holds what it prints against
 * what the page says. Times, uids and counters differ from run to run; all else must be the same. With
 * {@code -Dfeatures.write=true} the page gets what was printed.
 */
class FeaturesTest {

    private static final Path PAGE = Path.of("docs/features.md");
    private static final Pattern FEATURE = Pattern.compile("## (.+)\n\n(?s:.+?)```sh\n((?s:.+?))\n```\n\n```\n((?s:.*?))```\n");
    private static final String END = "__the-command-has-ended__";
    private static final Duration LONGEST = Duration.ofSeconds(60);
    /** Numbers that count or measure. */
    private static final Set<String> COUNTERS = Set.of("id", "calcomBookingId", "latencyMs", "remaining", "waitMs", "attempts", "ageSeconds", "deliveryId", "total");

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    @Test
    void everyFeatureDoesWhatThePageSays() throws IOException {
        HubProcess hub = new HubProcess(folder).with("SANDBOX_PORT", String.valueOf(HubProcess.freePort()))
                .with("CALCOM_BREAKER_OPEN", "3s").with("OLD_PORT", String.valueOf(HubProcess.freePort())).with("OLD_MANAGEMENT_PORT", String.valueOf(HubProcess.freePort())).start().awaitReady();
        Map<String, String> differing = new TreeMap<>();
        String page = Files.readString(PAGE);
        StringBuilder written = new StringBuilder();
        try (Shell shell = new Shell(hub)) {
            Matcher feature = FEATURE.matcher(page);
            int count = 0;
            while (feature.find()) {
                String printed = shell.run(feature.group(1), feature.group(2));
                count++;
                if (!masked(printed).equals(masked(feature.group(3)))) {
                    differing.put(feature.group(1), "\nis    " + masked(printed) + "\nwas   " + masked(feature.group(3)));
                }
                feature.appendReplacement(written, Matcher.quoteReplacement(page.substring(feature.start(), feature.start(3)) + shown(printed) + "```\n"));
            }
            feature.appendTail(written);
            assertThat(count).isGreaterThan(20);
        } finally {
            hub.stop();
        }
        if (Boolean.getBoolean("features.write")) {
            Files.writeString(PAGE, written);
        } else {
            assertThat(differing).isEmpty();
        }
    }

    private static String shown(String printed) {
        JsonNode json = json(printed);
        return json == null ? printed : json.toPrettyString() + "\n";
    }

    private static JsonNode json(String text) {
        try {
            return text.startsWith("{") ? Json.MAPPER.readTree(text) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static String masked(String printed) {
        JsonNode json = json(printed);
        return json == null ? maskedText(printed).strip() : masked(json, "").toString();
    }

    private static JsonNode masked(JsonNode json, String name) {
        if (json.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            json.properties().forEach(field -> object.set(maskedText(field.getKey()), masked(field.getValue(), field.getKey())));
            return object;
        }
        if (json.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            json.forEach(item -> array.add(masked(item, name)));
            return array;
        }
        if (json.isNumber() && COUNTERS.contains(name)) {
            return TextNode.valueOf("<number>");
        }
        return json.isTextual() ? TextNode.valueOf(maskedText(json.textValue())) : json;
    }

    private static String maskedText(String text) {
        return text.replaceAll("(?m)^Asking Cal.com: .*\n?", "").replaceAll("\\d{4}-\\d\\d-\\d\\d([T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d)?)?", "<time>")
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\b[0-9A-Za-z]{20,22}\\b", "<uid>")
                .replaceAll("calcamel_[A-Za-z0-9_-]+", "<token>")
                .replaceAll("\\b[0-9a-f]{12}\\b", "<fingerprint>")
                .replaceAll("^[A-Za-z0-9_-]{20}$", "<uid>")
                .replaceAll("(?<=localhost:|127\\.0\\.0\\.1:)\\d+", "<port>")
                .replaceAll(", the next one in \\d+ ms", "")
                .replaceAll("\\d+ ms", "<ms>")
                .replaceAll("(\"calcomBookingId\":)\\d+", "$1<number>")
                .replaceAll("(remaining|left)\\D{1,3}\\d+", "$1 <number>")
                .replaceAll("(?m)[ \\t]+", " ");
    }

    /** One bash, so that what a command sets the next one has; its hub is the one of the test. */
    private static final class Shell implements AutoCloseable {

        private final Process bash;
        private final BufferedReader output;
        private final HubProcess hub;

        Shell(HubProcess hub) throws IOException {
            this.hub = hub;
            ProcessBuilder builder = new ProcessBuilder("bash").directory(hub.folder().toFile()).redirectErrorStream(true);
            builder.environment().keySet().removeIf(name -> name.startsWith("CALC") || name.equals("DEFAULT_CALCOM_API_KEY"));
            builder.environment().put("CALCAMEL_URL", hub.url(""));
            bash = builder.start();
            output = new BufferedReader(new InputStreamReader(bash.getInputStream(), StandardCharsets.UTF_8));
        }

        /** @throws IllegalStateException where it does not end; the shell is of no use then */
        String run(String feature, String command) {
            return CompletableFuture.supplyAsync(() -> run(command)).orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS).exceptionally(e -> {
                close();
                throw new IllegalStateException("the command of '" + feature + "' did not end", e);
            }).join();
        }

        private String run(String command) {
            try {
                return printed(command);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String printed(String command) throws IOException {
            String java = "java -Xmx256m -XX:TieredStopAtLevel=1 -cp '" + HubProcess.classPath() + "' io.calcamel.App";
            String here = command.replaceAll("java -jar (\\.\\./)?target/calcamel\\.jar", Matcher.quoteReplacement(java))
                    .replace("localhost:8080", hub.url("").substring("http://".length()))
                    .replace("localhost:8081", "127.0.0.1:" + hub.variable("SANDBOX_PORT"))
                    .replace("localhost:9876", "127.0.0.1:" + hub.variable("MANAGEMENT_PORT"))
                    .replace("8090", hub.variable("OLD_PORT")).replace("9890", hub.variable("OLD_MANAGEMENT_PORT"));
            OutputStream in = bash.getOutputStream();
            in.write((here + "\necho\necho " + END + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
            List<String> lines = new ArrayList<>();
            for (String line = output.readLine(); line != null && !line.equals(END); line = output.readLine()) {
                lines.add(line);
            }
            // As it would be on the ports that the page names.
            return String.join("\n", lines).strip().replace("127.0.0.1:" + hub.variable("SANDBOX_PORT"), "127.0.0.1:8081")
                    .replace("127.0.0.1:" + hub.variable("HTTP_PORT"), "127.0.0.1:8080") + "\n";
        }

        @Override
        public void close() {
            bash.descendants().forEach(ProcessHandle::destroy);
            bash.destroy();
        }
    }
}
