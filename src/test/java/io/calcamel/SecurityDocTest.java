package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** docs/security.md claims nothing without a test. */
class SecurityDocTest {

    private static final Pattern NAMED = Pattern.compile("`([\\w.]+)#(\\w+)`");

    /** What is wrong with the rows of the tables of threats. */
    static List<String> wrong(String document) {
        List<String> wrong = new ArrayList<>();
        boolean isOfThreats = false;
        for (String line : document.lines().toList()) {
            if (!line.startsWith("|")) {
                isOfThreats = false;
            } else if (line.matches("\\| *threat *\\|.*\\| *test *\\|")) {
                isOfThreats = true;
            } else if (isOfThreats && !line.startsWith("|--")) {
                String[] cells = line.split("\\|");
                Matcher named = NAMED.matcher(cells[cells.length - 1]);
                int tests = 0;
                while (named.find()) {
                    tests++;
                    if (!exists(named.group(1), named.group(2))) {
                        wrong.add(named.group());
                    }
                }
                if (tests == 0) {
                    wrong.add("no test: " + line);
                }
            }
        }
        return wrong;
    }

    private static boolean exists(String type, String method) {
        try {
            return Arrays.stream(Class.forName("io.calcamel." + type, false, SecurityDocTest.class.getClassLoader()).getDeclaredMethods())
                    .anyMatch(declared -> declared.getName().equals(method) && isTest(declared));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class) || method.isAnnotationPresent(net.jqwik.api.Property.class);
    }

    @Test
    void everyLineOfTheThreatModelHasATestThatExists() throws IOException {
        String document = Files.readString(Path.of("docs/security.md"));
        assertThat(NAMED.matcher(document).results().count()).isGreaterThan(25);
        assertThat(wrong(document)).isEmpty();
    }

    @Test
    void theTestSeesWhatItIsThereFor() {
        String head = "| threat | what we do | test |\n|--|--|--|\n";
        assertThat(wrong(head + "| a | b | `SecurityDocTest#theTestSeesWhatItIsThereFor` |")).isEmpty();
        assertThat(wrong(head + "| a | b | `SecurityDocTest#thereIsNone` |")).hasSize(1);
        assertThat(wrong(head + "| a | b | none yet |")).hasSize(1);
    }
}
