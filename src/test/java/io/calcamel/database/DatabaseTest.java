package io.calcamel.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.calcamel.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** How the database is spoken to. */
class DatabaseTest {

    @Test
    void aRowThatIsRefusedIsNotTold() throws IOException, SQLException {
        try (Database database = Database.start(new Database.Settings(TestDatabase.create(), "", "", 2, 1, Path.of("target")));
                Connection connection = database.dataSource().getConnection()) {
            connection.createStatement().execute("CREATE TABLE person (name text CHECK (name <> 'Ada Lovelace'))");
            Throwable refused = catchThrowable(() -> connection.createStatement().execute("INSERT INTO person VALUES ('Ada Lovelace')"));
            assertThat(refused).isInstanceOf(SQLException.class).hasMessageContaining("person_name_check").hasMessageNotContaining("Ada Lovelace");
            assertThat(connection.getNetworkTimeout()).as("no statement waits for ever").isEqualTo(60_000);
        }
    }
}
