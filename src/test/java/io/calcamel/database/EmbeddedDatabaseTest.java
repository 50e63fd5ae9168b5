package io.calcamel.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;

/** The PostgreSQL of our own. */
class EmbeddedDatabaseTest {

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    @Test
    void oneThatDiesIsStartedAgainWithItsData() throws IOException {
        try (Database database = Database.start(new Database.Settings("", "", "", 2, 1, folder))) {
            database.client().sql("UPDATE company SET name = 'Known before' WHERE id = 1").update();
            for (int death = 1; death <= 2; death++) {
                long pid = pid();
                assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
                await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(folder.resolve("postgresql/postmaster.pid")) && pid() != pid && isNamed(database, "Known before"));
            }
        }
        assertThat(folder.resolve("postgresql/postmaster.pid")).as("and ends with us").doesNotExist();
    }

    private long pid() throws IOException {
        return Long.parseLong(Files.readAllLines(folder.resolve("postgresql/postmaster.pid")).get(0).strip());
    }

    private static boolean isNamed(Database database, String name) {
        try {
            return database.client().sql("SELECT name FROM company WHERE id = 1").query(String.class).single().equals(name);
        } catch (DataAccessException e) {
            return false;
        }
    }
}
