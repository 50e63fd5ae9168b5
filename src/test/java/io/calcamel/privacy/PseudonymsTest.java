package io.calcamel.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.calcamel.TestDatabase;
import io.calcamel.company.Vault;
import io.calcamel.database.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** By what those are known who were erased. */
class PseudonymsTest {

    @Test
    void aPseudonymIsTheSameHoweverManyAskAtOnce() throws IOException {
        try (Database database = Database.start(new Database.Settings(TestDatabase.create(), "", "", 2, 1, Path.of("target")))) {
            Pseudonyms pseudonyms = new Pseudonyms(database.client(), new Vault("master-key-of-the-tests-0123456789"));
            List<String> alone = IntStream.range(0, 50_000).mapToObj(n -> pseudonyms.of("person-" + n % 50 + "@example.com")).toList();
            List<String> together = IntStream.range(0, 50_000).parallel().mapToObj(n -> pseudonyms.of("person-" + n % 50 + "@example.com")).toList();
            assertThat(together).isEqualTo(alone);
        }
    }
}
