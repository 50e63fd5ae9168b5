package io.calcamel.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.calcom.CalcomError;
import io.calcamel.http.Json;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The document by itself, and against what stands in the code and in docs/api.md. */
class DocumentTest {

    private static final Contract CONTRACT = new Contract(Document.read("1.2.3"));

    /** Status and code of a problem, and its title where it is written out. */
    private static final Pattern PROBLEM = Pattern.compile("(?:new Problem|super)\\([^,\"]*?(\\d{3}),\\s*\"(\\w+)\",\\s*\"([^\"]+)\"");
    private static final Pattern ANY_PROBLEM = Pattern.compile("new Problem\\(\\s*([^,]+),\\s*([^,]+),");
    /** SyncRun's, which are all 409. */
    private static final Pattern REFUSAL = Pattern.compile("refuse\\(about, \"(\\w+)\", \"([^\"]+)\"");
    private static final Pattern CALCOM_ERROR = Pattern.compile("(?m)^ +([A-Z_]+)\\((\\d{3}), \"([^\"]+)\"");
    private static final Pattern PARAMETER = Pattern.compile("\\b(?:text|oneOf|instant|bool|number|inRange)\\((?:\\w+, )?\"(\\w+)\"");

    @Test
    void isValid() {
        SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(Json.write(CONTRACT.document()));
        assertThat(parsed.getMessages()).isNullOrEmpty();
        assertThat(parsed.getOpenAPI().getPaths()).hasSize(CONTRACT.document().path("paths").size());
        assertThat(CONTRACT.document().at("/info/version").asText()).isEqualTo("1.2.3");
        assertThat(Json.write(CONTRACT.document())).as("what is ours is written out").doesNotContain("\"x-");
    }

    @Test
    void everyReferenceLeadsSomewhereAndNothingIsLeftOver() {
        Set<String> referred = new TreeSet<>();
        walk(CONTRACT.document(), "", (where, node) -> {
            if (node.path("$ref").isTextual()) {
                String reference = node.path("$ref").asText();
                assertThat(CONTRACT.document().at(reference.substring(1)).isMissingNode()).as(where + " refers to " + reference).isFalse();
                referred.add(reference);
            }
        });
        CONTRACT.document().path("components").properties().stream().filter(kind -> !kind.getKey().equals("securitySchemes"))
                .forEach(kind -> kind.getValue().fieldNames().forEachRemaining(name ->
                        assertThat(referred).contains("#/components/" + kind.getKey() + "/" + name)));
    }

    @Test
    void everyOperationIsDescribedAndEveryExampleIsAsItsSchema() {
        assertThat(CONTRACT.operations()).isNotEmpty();
        CONTRACT.operations().values().forEach(operation -> {
            assertThat(operation.json().path("tags")).as(operation.id()).hasSize(1);
            assertThat(operation.json().has("security")).as(operation.id()).isTrue();
            operation.json().path("responses").properties().forEach(response ->
                    assertThat(CONTRACT.follow(response.getValue()).path("content")).as(operation.id() + " " + response.getKey()).isNotEmpty());
        });
        walk(CONTRACT.document(), "", (where, node) -> {
            boolean isParameter = node.has("in") && node.has("schema");
            boolean isContent = where.matches(".*/content/[^/]+");
            if (isParameter || isContent) {
                List<JsonNode> examples = new ArrayList<>();
                if (node.has("example")) {
                    examples.add(node.path("example"));
                }
                node.path("examples").forEach(example -> examples.add(example.path("value")));
                assertThat(examples).as(where + " has no example").isNotEmpty();
                examples.forEach(example -> assertThat(CONTRACT.violations(node.path("schema"), example)).as(where).isEmpty());
            }
        });
    }

    @Test
    void everyObjectSaysWhetherItMayHaveOtherFields() {
        walk(CONTRACT.document(), "", (where, node) -> {
            if (node.path("properties").isObject() && !where.contains("/allOf/")) {
                assertThat(node.has("additionalProperties")).as(where).isTrue();
            }
        });
    }

    @Test
    void everyCodeOfTheSourcesIsDocumentedAndNoOther() {
        Map<String, Set<String>> inSources = new TreeMap<>();
        for (String source : sources()) {
            PROBLEM.matcher(source).results().forEach(found -> add(inSources, found.group(2), found.group(1), found.group(3)));
            REFUSAL.matcher(source).results().forEach(found -> add(inSources, found.group(1), "409", found.group(2)));
            if (!REFUSAL.matcher(source).find()) {
                ANY_PROBLEM.matcher(source).results().map(found -> found.group(2).strip())
                        .forEach(code -> assertThat(code).as("a code that this test can't read").matches("\"\\w+\""));
            }
        }
        CALCOM_ERROR.matcher(source("src/main/java/io/calcamel/calcom/CalcomError.java")).results()
                .forEach(found -> add(inSources, found.group(1).toLowerCase(Locale.ROOT), found.group(2), found.group(3)));
        Arrays.stream(CalcomError.values()).forEach(error -> assertThat(inSources).containsKey(error.code()));

        Map<String, Set<String>> inDocument = new TreeMap<>();
        Document.load("problems").properties().forEach(problem -> add(inDocument, problem.getValue().path("code").asText(problem.getKey()),
                problem.getValue().path("status").asText(), problem.getValue().path("title").asText()));
        assertThat(inDocument).isEqualTo(inSources);
        Set<String> codes = new TreeSet<>();
        CONTRACT.document().at("/components/schemas/ProblemCode/enum").forEach(code -> codes.add(code.asText()));
        assertThat(codes).isEqualTo(inSources.keySet());
    }

    private static void add(Map<String, Set<String>> problems, String code, String status, String title) {
        problems.computeIfAbsent(code, name -> new TreeSet<>()).add(status + " " + title);
    }

    @Test
    void theTableOfCodesInTheDocsHasTheSame() {
        Map<String, Set<String>> inDocument = new TreeMap<>();
        Document.load("problems").properties().forEach(problem -> inDocument.computeIfAbsent(problem.getValue().path("code").asText(problem.getKey()),
                code -> new TreeSet<>()).add(problem.getValue().path("status").asText()));
        String docs = source("docs/api.md");
        Map<String, Set<String>> inDocs = new TreeMap<>();
        Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\d{3}) \\| [^|]{10,} \\| [^|]{3,} \\|$").matcher(docs.substring(docs.indexOf("## Error codes"))).results()
                .forEach(row -> inDocs.computeIfAbsent(row.group(1), code -> new TreeSet<>()).add(row.group(2)));
        assertThat(inDocs).isEqualTo(inDocument);
    }

    @Test
    void theDocsNameEveryCallAndEveryParameter() {
        String docs = source("docs/api.md");
        CONTRACT.operations().values().forEach(operation -> {
            // What stands in the braces may say more than the name of the parameter.
            assertThat(docs).containsPattern((operation.method() + " " + operation.path()).replaceAll("\\{\\w+}", "\\\\{[\\\\w ]+}"));
            CONTRACT.parameters(operation, "query").keySet().forEach(name -> assertThat(docs).as(operation.id()).contains("`" + name));
        });
    }

    @Test
    void everyParameterThatTheCodeReadsIsDocumented() {
        Set<String> documented = new TreeSet<>();
        walk(CONTRACT.document(), "", (where, node) -> {
            if (node.has("in") && node.has("name")) {
                documented.add(node.path("name").asText());
            }
            node.path("properties").fieldNames().forEachRemaining(documented::add);
        });
        Set<String> read = new TreeSet<>();
        sources().stream().filter(source -> source.contains("io.calcamel.http.Parameters;")).flatMap(source -> PARAMETER.matcher(source).results())
                .map(MatchResult::group).map(call -> call.replaceAll(".*\"(\\w+)\".*", "$1")).forEach(read::add);
        assertThat(read).contains("status", "eventTypeId", "enabled").isSubsetOf(documented);
    }

    private static List<String> sources() {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java") && !file.toString().contains("/sandbox/"))
                    .map(file -> source(file.toString())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String source(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void walk(JsonNode node, String where, BiConsumer<String, JsonNode> visit) {
        if (node.isObject()) {
            visit.accept(where, node);
            node.properties().forEach(field -> walk(field.getValue(), where + "/" + field.getKey().replace("/", "~1"), visit));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                walk(node.get(i), where + "/" + i, visit);
            }
        }
    }
}
