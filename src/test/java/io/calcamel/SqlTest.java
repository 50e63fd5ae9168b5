package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SQL is made of constants: whatever is said from outside is bound as a parameter. */
class SqlTest {

    private static final Pattern SQL = Pattern.compile("\\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|ORDER BY|VALUES)\\b");
    private static final Pattern TEXT_BLOCK = Pattern.compile("\"\"\"(.*?)\"\"\"", Pattern.DOTALL);
    private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*\"");
    /** CONSTANT, Type.CONSTANT, and a choice between constants. */
    private static final Pattern CONSTANT = Pattern.compile("(?:[A-Z]\\w*\\.)?[A-Z][A-Z0-9_]*");
    private static final Pattern CHOICE = Pattern.compile("\\(\\w+ \\? (?:[A-Z0-9_]+|@) : (?:[A-Z0-9_]+|@)\\)");
    /** Constants in a variable, and names of columns and functions from a list of ours; each was looked at by a person. */
    private static final Map<String, List<String>> KNOWN = Map.of("Branches.java", List.of("ofCompany", "ofCompany"), "CompanyStore.java", List.of("assignments"),
            "Locks.java", List.of("function"), "ReconcileRuns.java", List.of("matching", "matching"), "SyncRuns.java", List.of("matching", "matching"));

    /** What is added to SQL in a source and is no constant. */
    static List<String> added(String source) {
        List<String> found = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        String flat = replace(TEXT_BLOCK, replace(Pattern.compile("(?m)//.*$|/\\*.*?\\*/", Pattern.DOTALL), source, null), texts);
        flat = replace(LITERAL, flat, texts);
        // Texts are now @0@, @1@ …
        Matcher sum = Pattern.compile("@(\\d+)@((?:\\s*\\+\\s*(?:@\\d+@|\\([^()]*\\)|[\\w.]+(?:\\([^()]*\\))?))+)|((?:[\\w.]+(?:\\([^()]*\\))?\\s*\\+\\s*)+)@(\\d+)@").matcher(flat);
        while (sum.find()) {
            String whole = sum.group();
            Matcher text = Pattern.compile("@(\\d+)@").matcher(whole);
            boolean isSql = false;
            while (text.find()) {
                isSql |= SQL.matcher(texts.get(Integer.parseInt(text.group(1)))).find();
            }
            if (isSql) {
                for (String part : whole.split("\\s*\\+\\s*")) {
                    String plain = part.replaceAll("@\\d+@", "@").strip();
                    if (!plain.equals("@") && !plain.isEmpty() && !CONSTANT.matcher(plain).matches() && !CHOICE.matcher(plain).matches()) {
                        found.add(plain);
                    }
                }
            }
        }
        Matcher formatted = Pattern.compile("@(\\d+)@\\s*\\.formatted\\(").matcher(flat);
        while (formatted.find()) {
            if (SQL.matcher(texts.get(Integer.parseInt(formatted.group(1)))).find()) {
                found.add(".formatted");
            }
        }
        return found;
    }

    private static String replace(Pattern pattern, String source, List<String> texts) {
        return pattern.matcher(source).replaceAll(match -> {
            if (texts == null) {
                return "";
            }
            texts.add(match.group());
            return "@" + (texts.size() - 1) + "@";
        });
    }

    @Test
    void noSqlIsPutTogetherOfAnythingButConstants() throws IOException {
        Map<String, List<String>> found = new TreeMap<>();
        int statements = 0;
        try (Stream<Path> java = Files.walk(Path.of("src/main/java"))) {
            for (Path file : java.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                statements += SQL.matcher(source).results().count();
                List<String> added = added(source);
                if (!added.isEmpty()) {
                    found.put(file.getFileName().toString(), added);
                }
            }
        }
        assertThat(statements).as("there is SQL to look at").isGreaterThan(100);
        assertThat(found).isEqualTo(KNOWN);
    }

    @Test
    void noRouteHasSqlWithAnExpressionInIt() throws IOException {
        try (Stream<Path> routes = Files.walk(Path.of("routes"))) {
            for (Path file : routes.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                String source = Files.readString(file);
                if (SQL.matcher(source).find() || source.contains("uri: sql") || source.contains("uri: jdbc")) {
                    // Bound values are written :#${...}
                    assertThat(source.replaceAll(":#\\$\\{variable\\.[^}]*}", "").replaceAll(":#\\$\\{body[^}]*}", "")).as(file.toString()).doesNotContain("useMessageBodyForSql")
                            .doesNotContainPattern("(?i)(select|insert|update|delete)[^\\n]*\\$\\{");
                }
            }
        }
    }

    @Test
    void theTestSeesWhatItIsThereFor() {
        assertThat(added("db.sql(\"SELECT * FROM t WHERE name = '\" + name + \"'\")")).containsExactly("name");
        assertThat(added("db.sql(\"DELETE FROM \" + table(call) + \" WHERE a = 1\")")).containsExactly("table(call)");
        assertThat(added("db.sql(\"\"\"\n  SELECT 1\n  ORDER BY %s\"\"\".formatted(order))")).containsExactly(".formatted");
        assertThat(added("db.sql(\"SELECT \" + COLUMNS + \" FROM t\" + (isPhone ? DIGITS : LETTERS))")).isEmpty();
    }
}
