package io.calcamel.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/** docs/reliability.md: made of what each part of the fault suite has to report, in its long form. */
public final class Reliability {

    private static final boolean LONG = Boolean.getBoolean("faults.long");
    private static final Path PARTS = Path.of("target/reliability");
    private static final Path INTRODUCTION = Path.of("src/test/resources/io/calcamel/fault/reliability.md");

    private Reliability() {
    }

    /** Whether this is the long form. */
    public static boolean isLong() {
        return LONG;
    }

    /**
     * Prints a part of the report; in the long form it also takes its place in the page.
     *
     * @param name the part's name, by which the parts are sorted
     * @param text Markdown
     */
    public static void report(String name, String text) throws IOException {
        System.out.println(text);
        if (!LONG) {
            return;
        }
        Files.createDirectories(PARTS);
        Files.writeString(PARTS.resolve(name + ".md"), text);
        StringBuilder all = new StringBuilder();
        try (Stream<Path> parts = Files.list(PARTS)) {
            for (Path part : (List<Path>) parts.sorted().toList()) {
                all.append(Files.readString(part).strip()).append("\n\n");
            }
        }
        String machine = Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + ", Java " + Runtime.version().feature();
        Files.writeString(Path.of("docs/reliability.md"), Files.readString(INTRODUCTION).replace("{date}", LocalDate.now(ZoneOffset.UTC).toString())
                .replace("{machine}", machine).replace("{table}", all.toString().strip()));
    }
}
